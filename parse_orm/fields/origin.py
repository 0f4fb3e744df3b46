"""Where rows came from: one answer of the server, and what was asked for in it."""

from typing import Any
from weakref import ref


class Origin:
    """Where rows came from: shared by every object of one answer.

    Args:
        client: the client that loaded them; None until the first save of a new object.
        keys: the wire paths that were asked for; None means all, so a missing key is a null.
        excluded: the columns that were left out.
        strict: whether reading what was not asked for raises NotLoaded instead of fetching; None leaves it to the class
            of the row.
        include: the wire paths of the pointers whose rows came along.

    Attributes:
        via: the pointer column that led to the rows, if one did.
        leads: where pointers lead, by their reference, and at which version of the registry that was so.
    """

    __slots__ = (
        "__weakref__",
        "_inside",
        "_on",
        "client",
        "columns",
        "excluded",
        "include",
        "keys",
        "leads",
        "strict",
        "via",
    )

    def __init__(
        self,
        client: Any = None,
        keys: tuple[str, ...] | None = None,
        excluded: tuple[str, ...] = (),
        strict: bool | None = None,
        include: tuple[str, ...] = (),
    ) -> None:
        self.client = client
        self.keys = keys
        self.excluded = excluded
        self.strict = strict
        self.include = include
        self.columns = None if keys is None else frozenset({*(key.partition(".")[0] for key in keys), *ALWAYS})
        self.via = ""
        # Found once for each answer: finding it for each pointer was a quarter of the time of reading one.
        self.leads: dict[Any, tuple[int, Lead]] = {}
        self._inside: dict[str, Origin] = {}
        self._on: ref[Origin] | None = None

    def knows(self, column: str) -> bool:
        """Whether the column was asked for, so that reading it needs no further request."""
        if self.columns is not None and column not in self.columns:
            return False
        return column not in self.excluded

    def is_sure(self, column: str) -> bool:
        """Whether a missing key means that the row has no value there.

        An included pointer to a row that was deleted, or that is hidden from who asked, is left out of the answer as
        a null is (Parse Server 9.10); nobody may take the one for the other and write it back.
        """
        return self.knows(column) and not self.includes(column)

    def includes(self, column: str) -> bool:
        """Whether the rows that the column points to were to come along."""
        return bool(self.include) and any(
            path in (column, "*") or path.startswith(f"{column}.") for path in self.include
        )

    @property
    def complete(self) -> bool:
        """Whether every column of the row was asked for."""
        return self.columns is None and not self.excluded

    def inside(self, column: str) -> "Origin":
        """The origin of the rows that came along under one pointer column."""
        found = self._inside.get(column)
        if found is None:
            keys = _below(column, self.keys or ()) or None
            found = self._inside[column] = Origin(
                self.client, keys, _below(column, self.excluded), self.strict, _below(column, self.include)
            )
            found.via = column
        return found

    def on(self, client: Any) -> "Origin":
        """The same, on the client that saved the object first; one for all that are saved together."""
        found = None if self._on is None else self._on()
        if found is None or found.client is not client:
            found = Origin(client, self.keys, self.excluded, self.strict, self.include)
            found.columns = self.columns
            self._on = ref(found)  # weak, so that no client is kept alive by what it once saved
        return found

    def lead(self, model: Any) -> "Lead":
        """What references to rows of this origin become."""
        return model, self, self.pointer()

    def pointer(self) -> "Origin":
        """The origin of an object of which only the id is known."""
        found = self._inside.get("")
        if found is None:
            found = self._inside[""] = Origin(self.client, (), strict=self.strict)
            found.columns = frozenset({"objectId"})
            found.via = self.via
        return found


#: A model, where its included rows come from, and where its bare pointers do.
Lead = tuple[Any, Origin, Origin]


def _below(column: str, paths: tuple[str, ...]) -> tuple[str, ...]:
    """The paths that lead through a column, without it."""
    return tuple(path.removeprefix(f"{column}.") for path in paths if path.startswith(f"{column}."))


#: The columns that come with every row, whatever keys were asked for.
ALWAYS = ("objectId", "createdAt", "updatedAt", "ACL")

#: The origin of the objects that were made here, until their first save.
HERE = Origin()
