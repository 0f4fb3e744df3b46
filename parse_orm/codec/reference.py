"""A parse reference names a row in one text: the class, a dollar sign, the id."""

from ..errors import InvalidValue
from ..types.pointer import Pointer

SEPARATOR = "$"


def format_reference(pointer: Pointer) -> str:
    """The text of a pointer.

    >>> format_reference(Pointer("Song", "xWMyZ4YEGZ"))
    'Song$xWMyZ4YEGZ'
    """
    return f"{pointer.class_name}{SEPARATOR}{pointer.id}"


def parse_reference(text: str) -> Pointer:
    """The pointer of a text; the first dollar sign parts it, for class names have none.

    >>> parse_reference("Song$xWMyZ4YEGZ")
    Pointer(class_name='Song', id='xWMyZ4YEGZ')

    Raises:
        InvalidValue: the text names no class or no id.
    """
    class_name, _, id = str(text).partition(SEPARATOR)
    if not class_name or not id:
        raise InvalidValue(f"{text!r:.60} is no reference: they look like Song$xWMyZ4YEGZ")
    return Pointer(class_name, id)
