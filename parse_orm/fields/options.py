"""The keyword options of a declared column."""

from collections.abc import Callable, Collection
from typing import Any, TypedDict


class FieldOptions(TypedDict, total=False):
    """Options that every ``property`` takes.

    Keys:
        field: the wire name, when it is not the camelCase of the attribute.
        readonly: assignment raises ReadOnlyField.
        choices: the values allowed, checked before a save.
        validate: called with the value before a save; returns a message, False or None for no complaint.
        hidden: shown as ``[hidden]`` in reprs and dumps.
        doc: one sentence for ``describe()``.
    """

    field: str
    readonly: bool
    choices: Collection[Any]
    validate: Callable[[Any], Any]
    hidden: bool
    doc: str
