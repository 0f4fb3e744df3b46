"""A query as plain data, as a table, as the request that it would send, and as the database's plan for it."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from ..client import requests as paths
from ..codec.decode import decode, is_row
from ..errors import BadQuery
from ..meta.registry import registry
from ..meta.schema import ModelSchema
from ..types.pointer import Pointer
from . import display
from .asking import Asking

M = TypeVar("M")


class Exporting(Asking[M]):
    """The verbs of a query that show it or hand it on."""

    __slots__ = ()

    def to_params(self) -> dict[str, Any]:
        """The exact parameters of the first request, without sending it.

        Raises:
            BadQuery: nothing would be sent, because no row can meet the criteria.
        """
        if self._plan.where() is None:
            raise BadQuery("no row can meet these criteria, so this query sends no request")
        return self._plan.params()

    def explain(self) -> Any:
        """How the database would carry the question out, in its own words.

        Raises:
            MasterKeyRequired: the query asks without the master key, which Parse Server 9 wants for this.
        """
        asker = self._master_asker("explain")
        params = {**self.to_params(), "explain": True}
        return asker.ask(paths.collection(asker.class_name), params, f"explaining {self.schema.name}")

    def as_dicts(self) -> list[dict[str, Any]]:
        """The rows as dicts of attribute names and Python values; no objects are made and hidden fields left out.

        A pointer is an ``orm.Pointer``, an included row a dict of its own; what a row does not have is None.
        """
        return list(self._dicts())

    def to_pandas(self) -> Any:
        """The rows as a pandas DataFrame, one column for each field; needs the extra ``parse-orm[pandas]``.

        Raises:
            ImportError: pandas is not installed.
        """
        try:
            import pandas as pd  # pyright: ignore[reportMissingImports]
        except ImportError:
            raise ImportError("to_pandas needs pandas: pip install 'parse-orm[pandas]'") from None
        return pd.DataFrame(self.as_dicts(), columns=list(self._shown_fields()))

    def _dicts(self) -> Iterator[dict[str, Any]]:
        names = self._shown_fields()
        for rows in self._rows(self._asker()):
            for row in rows:
                yield {name: _plain(field, row.get(field.path)) for name, field in names.items()}

    def _shown_fields(self) -> dict[str, Any]:
        wanted, left_out = self._plan.wanted(), self._plan.left_out()
        columns = None if wanted is None else {path.partition(".")[0] for path in wanted} | {"objectId"}
        return {
            name: field
            for name, field in self.schema.fields.items()
            if _is_shown(field) and (columns is None or field.path in columns) and field.path not in left_out
        }

    # -- at a prompt -------------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {display.chain(self._plan)}>"

    def _table(self, draw: Callable[..., str]) -> str:
        limit = self._plan.limit
        wanted = display.SHOWN + 1 if limit is None else min(display.SHOWN + 1, limit)
        names = [name for name, field in self._shown_fields().items() if name != "acl"]
        bounded = self._with(limit=wanted)._copy(strict=False, preloads=())
        rows = [row for page in bounded.batches() for row in page]  # type: ignore[attr-defined]
        cells = [[row._shown(name) for name in names] for row in rows[: display.SHOWN]]
        return draw(names, cells, more=len(rows) > display.SHOWN)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """IPython's prompt shows the first rows; repr() in a log or a debugger does not."""
        printer.text(self._table(display.text_table))

    def _repr_html_(self) -> str:
        """A notebook shows the first rows as a table."""
        return self._table(display.html_table)


def _is_shown(field: Any) -> bool:
    return not field.hidden and field.shape != "Relation"


def _plain(field: Any, wire: Any) -> Any:
    """The Python value of one wire value, without an object of a model."""
    if wire is None:
        return None
    if field.shape in {"Pointer", "Array", "Object"}:
        return decode(wire, _row)
    return wire if field.kind.decode is None else field.kind.decode(wire)


def _row(wire: dict[str, Any]) -> Any:
    """An included row as a dict, a pointer as a Pointer."""
    if not is_row(wire):
        return Pointer(wire["className"], wire["objectId"])
    model = registry.for_class(wire["className"])
    if model is None:
        return {name: decode(value, _row) for name, value in wire.items() if name not in {"__type", "className"}}
    schema: ModelSchema = model.schema
    return {name: _plain(field, wire.get(field.path)) for name, field in schema.fields.items() if _is_shown(field)}
