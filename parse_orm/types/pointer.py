"""A pointer names one row of one class."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pointer:
    """The class name and id of a row, without the row.

    >>> Pointer("Song", "xWMyZ4YEGZ")
    Pointer(class_name='Song', id='xWMyZ4YEGZ')

    Args:
        class_name: the Parse class, for instance ``"Song"`` or ``"_User"``.
        id: the row's objectId.
    """

    class_name: str
    id: str
