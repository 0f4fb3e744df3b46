"""The parts in C: used where they were built, unless ``PARSE_ORM_PURE_PYTHON`` in the environment asks for none."""

import os
from importlib import import_module
from typing import Any


def compiled(name: str) -> Any:
    """A module that is written in C, or None."""
    if os.environ.get("PARSE_ORM_PURE_PYTHON"):
        return None
    try:
        return import_module(name)
    except ImportError:
        return None
