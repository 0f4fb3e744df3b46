"""A file that Parse Server keeps: a name, and the address it is read from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    """A stored file as a column holds it.

    >>> File("cover.png").name
    'cover.png'

    Args:
        name: the name under which the server stores the file.
        url: where it is read; the server works it out from the name on every answer (9.10), so it is not compared.
    """

    name: str
    url: str | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, File) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)
