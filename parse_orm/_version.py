"""The version of parse_orm, read by setup.cfg."""

__version__ = "0.1.0"
