"""Tell rows that were gone before their delete from those that are still there: the server says 101 to both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import ClassNameError, ObjectNotFound, OperationForbidden, ParseOrmError
from . import requests as paths
from .answers import row_in, rows_in
from .batch import BatchOperation, Outcome, run_batch
from .credentials import Credential

if TYPE_CHECKING:
    from .client import BaseClient

#: What the server says of rows that a credential may not see.
UNSEEN = (OperationForbidden, ObjectNotFound, ClassNameError)


class Doomed(NamedTuple):
    """A row that is to be deleted.

    Args:
        class_name: Its Parse class.
        object_id: Its id.
        owner: Id of the user of a session, None where it is not known.
        gone: It is known to be gone when the credential that deletes it cannot see it.
    """

    class_name: str
    object_id: str
    owner: str | None = None
    gone: bool = False


def check_deletes(
    client: BaseClient, credential: Credential, rows: Sequence[Doomed], outcomes: Sequence[Outcome]
) -> list[Outcome]:
    """Look again at the deletes of one batch that found no row.

    Parse Server answers 101 for a row that one may see and not write, and for one that is hidden (9.10). It also
    answers 101, to the master key as well, when a beforeDelete trigger looks for another row and finds none. One query
    for each class finds the rows that can be seen. A row that cannot be seen is gone for the master key alone, and for
    a user who deletes own sessions: a user sees all of those.

    Args:
        client: The client that sent the deletes.
        credential: Who asked.
        rows: The rows.
        outcomes: What became of each delete.

    Returns:
        One outcome per row, in the order given. It is ``gone`` where the row is known to be gone, and ``unseen`` where
        it is gone or hidden. Its error is ``OperationForbidden`` where the row is still there, and another error where
        the server did not tell.
    """
    checked = list(outcomes)
    missing: dict[str, dict[str, list[int]]] = {}
    for place, (row, outcome) in enumerate(zip(rows, outcomes, strict=True)):
        if isinstance(outcome.error, ObjectNotFound):
            missing.setdefault(row.class_name, {}).setdefault(row.object_id, []).append(place)
    if not missing:
        return checked
    deleted = {row[:2] for row, outcome in zip(rows, outcomes, strict=True) if outcome.ok}
    for class_name, places in missing.items():
        errors = _errors(client, credential, class_name, list(places))
        is_known = _knowledge(client, credential, class_name)
        for object_id, where in places.items():
            for place in where:
                if object_id in errors:
                    checked[place] = Outcome(error=errors[object_id])
                elif (class_name, object_id) not in deleted and not is_known(rows[place]):
                    checked[place] = Outcome(error=_unseen(class_name, object_id), unseen=True)
    return checked


def refuse_if_there(client: BaseClient, credential: Credential, row: Doomed, error: ObjectNotFound) -> None:
    """Raise when the row of a delete that was answered with 101 is still there, or may be.

    Args:
        client: The client that sent the delete.
        credential: Who asked.
        row: The row.
        error: What the server said.

    Raises:
        OperationForbidden: The row is there: this credential may not delete it.
        ObjectNotFound: The row is gone, or this credential may not see it.
        ParseError: The server did not say whether it is there.
        TransportError: No answer came.
    """
    (outcome,) = check_deletes(client, credential, [row], [Outcome(error=error)])
    if outcome.error is not None and not outcome.gone:
        raise outcome.error


def _knowledge(client: BaseClient, credential: Credential, class_name: str) -> Callable[[Doomed], bool]:
    """Give what says of a row that cannot be seen whether it is known to be gone."""
    if credential.kind == "master":
        return lambda row: True
    owner = _user_id(client, credential) if class_name == "_Session" and credential.kind == "session" else None
    return lambda row: row.gone or (owner is not None and row.owner == owner)


def _user_id(client: BaseClient, credential: Credential) -> str | None:
    """Give the id of the user who asks, None when the server does not tell."""
    try:
        row = row_in(client.request("GET", paths.MY_SESSION, credential=credential), "finding out who asks")
    except ParseOrmError:
        return None
    return pointed_id(row.get("user"))


def pointed_id(value: Any) -> str | None:
    """Give the id in a pointer or a row of the wire, None when there is none."""
    id = value.get("objectId") if isinstance(value, Mapping) else None
    return id if isinstance(id, str) else None


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


def _unseen(class_name: str, object_id: str) -> ObjectNotFound:
    return ObjectNotFound(
        "the row is gone, or not visible to this credential",
        code=101,
        http_status=404,
        doing=f"deleting {class_name} {object_id}",
        hint="only the master key can tell",
    )


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
