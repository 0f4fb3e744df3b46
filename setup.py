"""Builds the parts in C where that can be done; everything else is said in setup.cfg."""

import os
import platform
import sys
import sysconfig

from setuptools import Extension, setup


def extensions() -> list[Extension]:
    """The parts in C: optional, because without a compiler parse_orm does the same in more time.

    They rely on the lock of CPython, so PyPy and a Python without that lock do not get them.
    """
    locked = platform.python_implementation() == "CPython" and not sysconfig.get_config_var("Py_GIL_DISABLED")
    if not locked or os.environ.get("PARSE_ORM_PURE_PYTHON"):
        return []
    parts = ["fields/_assigning", "fields/_getters", "codec/_encode", "codec/_writer"]
    if sys.version_info < (3, 12):
        parts.append("codec/_paused")
    return [Extension(f"parse_orm.{part.replace('/', '.')}", [f"parse_orm/{part}.c"], optional=True) for part in parts]


setup(ext_modules=extensions())
