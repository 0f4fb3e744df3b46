"""Builds the getters in C where that can be done; everything else is said in setup.cfg."""

import os
import platform
import sysconfig

from setuptools import Extension, setup


def extensions() -> list[Extension]:
    """The getters in C: optional, because without a compiler those in Python do the same.

    They count references under the lock of CPython, so PyPy and a Python without that lock do not get them.
    """
    locked = platform.python_implementation() == "CPython" and not sysconfig.get_config_var("Py_GIL_DISABLED")
    if not locked or os.environ.get("PARSE_ORM_PURE_PYTHON"):
        return []
    return [Extension("parse_orm.fields._getters", ["parse_orm/fields/_getters.c"], optional=True)]


setup(ext_modules=extensions())
