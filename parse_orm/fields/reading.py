"""The getters that read columns: those in C, or those in Python, which do the same."""

from typing import TYPE_CHECKING

from .._compiled import compiled
from . import getters

if not TYPE_CHECKING:
    getters = compiled("parse_orm.fields._getters") or getters

__all__ = ["getters"]
