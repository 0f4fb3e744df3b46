"""The getters that read columns: those in C where they were built, else those in Python, which do the same.

``PARSE_ORM_PURE_PYTHON`` in the environment asks for those in Python.
"""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING or os.environ.get("PARSE_ORM_PURE_PYTHON"):
    from . import getters
else:
    try:
        from . import _getters as getters
    except ImportError:
        from . import getters

__all__ = ["getters"]
