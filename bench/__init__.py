"""How fast parse_orm is, beside raw requests and the Parse JS SDK, in one run: `python -m bench`."""
