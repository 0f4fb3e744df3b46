"""How Python values are spelled in Parse JSON, and back."""
