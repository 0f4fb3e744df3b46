"""Tell a row that was gone before its delete from a row that may not be deleted: the server says 101 to both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..errors import ClassNameError, ObjectNotFound, OperationForbidden, ParseOrmError
from . import requests as paths
from .answers import rows_in
from .batch import BatchOperation, Outcome, run_batch
from .credentials import Credential

if TYPE_CHECKING:
    from .client import BaseClient

#: What the server says of rows that a credential may not see.
UNSEEN = (OperationForbidden, ObjectNotFound, ClassNameError)


def check_deletes(
    client: BaseClient, credential: Credential, rows: Sequence[tuple[str, str]], outcomes: Sequence[Outcome]
) -> list[Outcome]:
    """Look again at the deletes of one batch that found no row.

    Parse Server answers 101 for a row that one may see and not write (9.10). It also answers 101, to the master key as
    well, when a beforeDelete trigger looks for another row and finds none. One query for each class finds such rows.

    Args:
        client: The client that sent the deletes.
        credential: Who asked.
        rows: Class name and id of each row.
        outcomes: What became of each delete.

    Returns:
        One outcome per row, in the order given. ``ObjectNotFound`` is left where the row is gone, or cannot be seen.
        It is ``OperationForbidden`` where the row is still there, and another error where nobody could tell.
    """
    checked = list(outcomes)
    missing: dict[str, dict[str, list[int]]] = {}
    for place, ((class_name, object_id), outcome) in enumerate(zip(rows, outcomes, strict=True)):
        if isinstance(outcome.error, ObjectNotFound):
            missing.setdefault(class_name, {}).setdefault(object_id, []).append(place)
    for class_name, places in missing.items():
        for object_id, error in _errors(client, credential, class_name, list(places)).items():
            for place in places[object_id]:
                checked[place] = Outcome(error=error)
    return checked


def refuse_if_there(
    client: BaseClient, credential: Credential, class_name: str, object_id: str, error: ObjectNotFound
) -> None:
    """Raise when the row of a delete that was answered with 101 is still there.

    Args:
        client: The client that sent the delete.
        credential: Who asked.
        class_name: Parse class of the row.
        object_id: Its id.
        error: What the server said.

    Raises:
        OperationForbidden: The row is there: this credential may not delete it.
        ParseError: The server did not say whether it is there.
        TransportError: No answer came.
    """
    (outcome,) = check_deletes(client, credential, [(class_name, object_id)], [Outcome(error=error)])
    if outcome.error is not None and not isinstance(outcome.error, ObjectNotFound):
        raise outcome.error


def _errors(client: BaseClient, credential: Credential, class_name: str, ids: list[str]) -> dict[str, ParseOrmError]:
    """Give what is wrong with the rows of one class that are not gone."""
    try:
        there = _visible(client, credential, class_name, ids)
    except ParseOrmError as error:
        return dict.fromkeys(ids, error)
    return {id: _refusal(credential, class_name, id) for id in ids if id in there}


def _visible(client: BaseClient, credential: Credential, class_name: str, ids: Sequence[str]) -> set[str]:
    """Give those of the ids whose rows a credential may see."""
    doing = f"finding out whether {len(ids)} {class_name} rows are still there"
    there: set[str] = set()
    left = list(ids)
    try:
        while left:  # a server may cut an answer in silence
            params = {"where": {"objectId": {"$in": left}}, "keys": "objectId", "limit": len(left)}
            answer = client.find(class_name, params, credential=credential, doing=doing)
            page = _ids(rows_in(answer, doing)).intersection(left)
            there |= page
            left = [id for id in left if id not in page] if page else []
    except UNSEEN:  # rows of this class may not be listed; they may be readable one by one
        return _readable(client, credential, class_name, ids)
    return there


def _readable(client: BaseClient, credential: Credential, class_name: str, ids: Sequence[str]) -> set[str]:
    reads = [BatchOperation("GET", paths.row(class_name, id), {"keys": "objectId"}) for id in ids]
    there = set()
    for id, outcome in zip(ids, run_batch(client, reads, credential), strict=True):
        if outcome.ok:
            there.add(id)
        elif outcome.error is not None and not isinstance(outcome.error, UNSEEN):
            raise outcome.error
    return there


def _ids(rows: Iterable[object]) -> set[str]:
    return {row["objectId"] for row in rows if isinstance(row, dict) and "objectId" in row}


def _refusal(credential: Credential, class_name: str, object_id: str) -> OperationForbidden:
    by_trigger = "a beforeDelete trigger failed with the code of a row that is not there"
    why = (
        by_trigger if credential.kind == "master" else f"this credential may read it and not delete it, or {by_trigger}"
    )
    return OperationForbidden(
        f"the row is still there: {why}",
        code=101,
        http_status=404,
        doing=f"deleting {class_name} {object_id}",
    )
