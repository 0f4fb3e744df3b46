"""Speaks Parse REST: credentials go out, decoded JSON or a typed error comes back."""
