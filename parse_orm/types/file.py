"""A file that Parse Server keeps: a name, and the address it is read from."""


class File:
    """A stored file as a column holds it; ``orm.File`` is the one that can be uploaded and read.

    >>> File("cover.png").name
    'cover.png'

    Two files are equal when the server keeps them under the same name.

    Args:
        name: the name under which the server stores the file.
        url: where it is read; the server works it out from the name on every answer (9.10), so it is not compared.
    """

    __slots__ = ("name", "url")

    def __init__(self, name: str, url: str | None = None) -> None:
        self.name = name
        self.url = url

    def __eq__(self, other: object) -> bool:
        return isinstance(other, File) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"<File {self.name}>"
