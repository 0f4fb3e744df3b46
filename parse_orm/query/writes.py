"""Changing the rows of a query: all of them at once in batches, or one that may have to be made first."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from ..client import requests as paths
from ..client.batch import SIZE, BatchOperation, run_batch
from ..client.deletes import Doomed, check_deletes
from ..client.interrupts import DeferredInterrupt
from ..client.own_session import own_id_among
from ..errors import (
    BadQuery,
    DuplicateRequest,
    DuplicateValue,
    EmailTaken,
    ReadOnlyField,
    UsernameTaken,
)
from ..fields.origin import Origin
from ..fields.servers import refuse_rows_of_another_server
from ..types.operations import DELETE
from ..types.secret import hidden_in
from .asking import Asking
from .binding import Asker, Row
from .conditionless import conditionless
from .implied import defaults_of, implied_values, refuse_any_row, refuse_contradictions
from .missing import without_missing
from .progress import Progress, reporting

if TYPE_CHECKING:
    from ..model.outcomes import BatchResult

M = TypeVar("M")

#: What the server says when the row is there already: somebody else was faster (users have codes of their own), or a
#: try of ours did it and its answer was lost.
TAKEN = (DuplicateValue, UsernameTaken, EmailTaken, DuplicateRequest)


class Writing(Asking[M]):
    """The verbs of a query that write."""

    __slots__ = ()

    def update_all(self, *, progress: Progress = False, raise_on_error: bool = True, **values: Any) -> "BatchResult[M]":
        """Set columns of every row, in batches, without loading the rows, their callbacks or their validations.

        Rows are found by id, so a change that takes a row out of the criteria does no harm.

        Args:
            progress: True for a bar on standard error, or a function called with the rows done so far.
            raise_on_error: False returns failures instead of raising BatchError.
            values: the new values by attribute name; None removes a value.

        Returns:
            A BatchResult: ``saved`` holds the rows that were changed, ``failed`` those that were not, ``unknown`` those
            that may have been, because the answer was lost; the last two with errors. The rows are objects of which
            only the id is known.

        Raises:
            UnknownField: a name that the model does not have; nothing was sent.
            ReadOnlyField: a column of the server's; nothing was sent.
            InvalidValue: a value that the column cannot hold, or a row of another server; nothing was sent.
            BatchError: a row was not changed, or may not have been; the others were.
        """
        values = hidden_in(values, self.schema.secret)
        body = self._body(values)
        if not body:
            raise BadQuery("update_all needs at least one field to set")
        asker = self._asker()
        for name, value in values.items():
            refuse_rows_of_another_server(asker.client, value, f"{self.schema.name}.{name}")
        body = without_missing(asker, body, DELETE)
        return self._write_all(asker, "PUT", body, "updated", progress, raise_on_error)

    @conditionless
    def delete_all(self, *, progress: Progress = False, raise_on_error: bool = True) -> "BatchResult[M]":
        """Delete every row, in batches, without loading the rows or running their callbacks.

        Args:
            progress: True for a bar on standard error, or a function called with the rows done so far.
            raise_on_error: False returns failures instead of raising BatchError.

        Returns:
            A BatchResult, as for ``update_all``. With the master key a row that went meanwhile counts as deleted;
            without it the row stands under ``unknown``, since it may be hidden as well.

        Raises:
            BatchError: a row was not deleted, or may not have been; the others were.
        """
        return self._write_all(self._asker(), "DELETE", None, "deleted", progress, raise_on_error)

    @conditionless
    def destroy_all(self, *, progress: Progress = False, raise_on_error: bool = True) -> "BatchResult[M]":
        """Delete every row, in batches, with the destroy callbacks of each.

        Args:
            progress: True for a bar on standard error, or a function called with the rows done so far.
            raise_on_error: False returns failures instead of raising BatchError.

        Returns:
            A BatchResult: ``saved`` holds the rows that were deleted, ``failed`` those that were not, ``unknown`` those
            that may have been, because the answer was lost; the last two with errors. ``afterwards`` holds those of
            ``saved`` whose callback failed after the delete, with errors.

        Raises:
            BatchError: a row was not deleted, or may not have been, or a callback failed after it; the others were.
        """
        asker = self._asker()
        pages: Iterator[Sequence[M]] = (self._hydrated(rows, asker) for rows in self._own_last(asker))
        if progress:
            pages = reporting(pages, progress, f"{self.schema.name} rows destroyed")
        who = _explicit(asker)
        done: list[Any] = []
        failed: list[tuple[Any, Exception]] = []
        unknown: list[tuple[Any, Exception]] = []
        afterwards: list[tuple[Any, Exception]] = []
        for records in pages:
            page = self._model._destroy_many(records, **who)
            done += page.saved
            failed += page.failed
            unknown += page.unknown
            afterwards += page.afterwards
        parts = done, failed, unknown, afterwards
        result: BatchResult[M] = self._model._batch_result(*parts, done="destroyed", raise_on_error=raise_on_error)
        return result

    def first_or_initialize(self, **values: Any) -> M:
        """The first row with these values, or a new object that has them and is not saved."""
        values = hidden_in(values, self.schema.secret)
        implied = implied_values(self._plan, self.schema, values)
        found: M | None = self.where(**values).first()  # type: ignore[attr-defined]
        return self._new({**values, **implied}) if found is None else found

    def first_or_create(self, *, defaults: Mapping[str, Any] | None = None, **values: Any) -> M:
        """The first row with these values, or a new one made of them and the defaults.

        Two callers at the same time may both make a row, unless the server has a unique index on the columns or the
        model declares one: then the loser gets the winner's row.

        A new row also gets the values that the criteria of this query ask for: ``ann.songs.first_or_create(title="x")``
        makes a song of Ann's.

        Args:
            defaults: further values of a new row.
            values: what the row is found by.

        Raises:
            BadQuery: a criterion that says more than that a column equals a value, a ``skip``, or a default that
                contradicts a value: the query might not find the new row, and each call would make one more. Nothing
                was sent.
        """
        values, defaults = self._hidden(values, defaults)
        refuse_contradictions(self.schema, values, defaults)
        defaults.update(implied_values(self._plan, self.schema, {**values, **defaults}))
        found: M | None = self.where(**values).first()  # type: ignore[attr-defined]
        return self._create(values, defaults) if found is None else found

    def create_or_update(self, *, defaults: Mapping[str, Any] | None = None, **values: Any) -> M:
        """The first row with these values, changed to have the defaults too; made when there is none.

        Args:
            defaults: what the row shall have besides.
            values: what the row is found by.

        Raises:
            BadQuery: as for ``first_or_create``, or neither values nor criteria say which row; nothing was sent.
        """
        refuse_any_row(values, self._plan.criteria)
        values, defaults = self._hidden(values, defaults)
        refuse_contradictions(self.schema, values, defaults)
        implied = implied_values(self._plan, self.schema, {**values, **defaults})
        asker = self._asker()
        found: Any = self.where(**values).first()  # type: ignore[attr-defined]
        if found is None:
            made: M = self._create(values, {**defaults, **implied})
            return made
        found.update(**defaults, **_explicit(asker))
        changed: M = found
        return changed

    # -- helpers ---------------------------------------------------------------------------

    def _hidden(self, *mappings: Mapping[str, Any] | None) -> Iterator[dict[str, Any]]:
        return (hidden_in(defaults_of(mapping), self.schema.secret) for mapping in mappings)

    def _new(self, values: Mapping[str, Any]) -> M:
        made: Any = self._model(**values)
        if self._binding.client is not None:
            made._origin = made._origin.on(self._binding.client)
        found: M = made
        return found

    def _create(self, values: Mapping[str, Any], defaults: Mapping[str, Any]) -> M:
        asker = self._asker()
        made: Any = self._new({**values, **defaults})
        made._origin = made._origin.on(asker.client)
        try:
            made.save(**_explicit(asker))
        except TAKEN:
            winner: M | None = self.where(**values).first()  # type: ignore[attr-defined]
            if winner is None:
                raise
            return winner
        created: M = made
        return created

    def _own_last(self, asker: Asker) -> Iterator[list[Row]]:
        """Page after page of what is to be deleted; the row of the session that asks comes alone, after the others."""
        own_id = own_id_among(asker.client, asker.credential, [asker.class_name])
        if own_id is None:
            yield from self._rows(asker)
            return
        own: list[Row] = []
        for rows in self._rows(asker):
            own += [row for row in rows if row["objectId"] == own_id]
            if others := [row for row in rows if row["objectId"] != own_id]:
                yield others
        if own:
            yield own

    def _body(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The wire form of what is set; everything is checked before the first request."""
        body = {}
        for name, value in values.items():
            field = self.schema.field(name)
            if field.readonly:
                raise ReadOnlyField(f"{field.label} is read-only: the server sets it")
            body[field.path] = field.removed() if value is None else field.encode(value)
        return body

    def _write_all(
        self,
        asker: Asker,
        method: str,
        body: dict[str, Any] | None,
        done: str,
        progress: Progress,
        raise_on_error: bool,
    ) -> "BatchResult[M]":
        bare = self._with(keys=("objectId",), include=(), exclude_keys=())._copy(preloads=(), strict=None)
        if bare._plan.limit is None and not bare._plan.skip:
            bare = bare._with(order=())  # all of them are written, and by id no row that is written hides another
        portions: Iterator[Sequence[str]] = (
            [row["objectId"] for row in rows[start : start + SIZE]]
            for rows in (bare._own_last(asker) if method == "DELETE" else bare._rows(asker))
            for start in range(0, len(rows), SIZE)
        )
        if progress:
            portions = reporting(portions, progress, f"{self.schema.name} rows {done}")
        origin = Origin(asker.client, strict=self._model.strict_by_default() or None).pointer()
        written: list[Any] = []
        failed: list[tuple[Any, Exception]] = []
        unknown: list[tuple[Any, Exception]] = []
        for ids in portions:
            operations = [BatchOperation(method, paths.row(asker.class_name, id), body) for id in ids]
            with DeferredInterrupt():
                outcomes = run_batch(asker.client, operations, credential=asker.credential, context=asker.context)
                if method == "DELETE":
                    # A session that a user has found is one of the user's own.
                    rows = [Doomed(asker.class_name, id, gone=asker.class_name == "_Session") for id in ids]
                    outcomes = check_deletes(asker.client, asker.credential, rows, outcomes)
            for id, outcome in zip(ids, outcomes, strict=True):
                record = self._model._hydrate([{"objectId": id}], origin)[0]
                if outcome.error is None or (method == "DELETE" and outcome.gone):
                    written.append(record)
                else:
                    (unknown if outcome.unknown else failed).append((record, outcome.error))
        parts = written, failed, unknown
        result: BatchResult[M] = self._model._batch_result(*parts, done=done, raise_on_error=raise_on_error)
        return result


def _explicit(asker: Any) -> dict[str, Any]:
    """The credential of a query, as the writing methods of objects take it."""
    kinds: dict[str, Callable[[], dict[str, Any]]] = {
        "session": lambda: {"session": asker.credential.secret},
        "master": lambda: {"master": True},
        "anonymous": lambda: {"master": False},
    }
    return kinds[asker.credential.kind]()
