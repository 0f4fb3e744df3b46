"""Columns that the server does not have yet: every row counts as having no value there.

Parse Server on Postgres answers a question that names an unknown column with no rows at all (9.10), even where the
column stands in one branch of an ``$or``; so such a column must not be named in the question.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Absent:
    """What is known to be missing, seen from one class.

    Attributes:
        class_name: the class whose columns are asked about.
        pairs: class name and wire column of everything that is missing.
    """

    class_name: str = ""
    pairs: frozenset[tuple[str, str]] = frozenset()

    def __contains__(self, path: str) -> bool:
        return (self.class_name, path.partition(".")[0]) in self.pairs

    def inside(self, class_name: str) -> "Absent":
        """The same knowledge, seen from another class."""
        return Absent(class_name, self.pairs) if self.pairs else self


#: Every column is there.
NOTHING_ABSENT = Absent()
