"""Columns that a model has and the server has not, yet: found out when an answer is suspiciously empty.

Parse Server on Postgres answers a question that names an unknown column with no rows and no error (9.10), so
``Song.where(mood__ne="sad")`` would find nothing until the first song with a mood is saved. When an empty answer
could be due to that, one small question per class settles it, and is never asked again once the columns are there.
"""

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from ..errors import ParseError
from ..expressions.absent import NOTHING_ABSENT, Absent
from ..expressions.where import Where, both, either
from .binding import Asker

Pair = tuple[str, str]

#: Columns that classes of the server's own have from the start.
BUILT_IN = {
    "": {"objectId", "createdAt", "updatedAt", "ACL"},
    "_User": {"username", "password", "email", "emailVerified", "authData"},
    "_Session": {"user", "installationId", "sessionToken", "expiresAt", "createdWith", "restricted"},
    "_Role": {"name", "users", "roles"},
    "_Installation": {
        *("installationId", "deviceToken", "channels", "deviceType", "pushType", "GCMSenderId", "timeZone"),
        *("localeIdentifier", "badge", "appVersion", "appName", "appIdentifier", "parseVersion"),
    },
}

_known: "WeakKeyDictionary[object, set[Pair]]" = WeakKeyDictionary()


def missing_columns(asker: Asker, columns: set[Pair], where: Callable[[Absent], Where]) -> Absent:
    """Which of the columns the server lacks, asked only when it could change an empty answer.

    Args:
        asker: who asks.
        columns: class and wire column of everything in the question.
        where: the question, given what is missing.
    """
    known = _known.setdefault(asker.client, set())
    doubtful = {pair for pair in columns - known if not _is_built_in(pair)}
    if not any(where(Absent(asker.class_name, frozenset({pair}))) is not None for pair in doubtful):
        return NOTHING_ABSENT
    missing: set[Pair] = set()
    for class_name in sorted({name for name, _ in doubtful}):
        paths = sorted(path for name, path in doubtful if name == class_name)
        missing |= {(class_name, path) for path in _missing(asker.of(class_name), paths)}
    known |= doubtful - missing
    return Absent(asker.class_name, frozenset(missing))


def _is_built_in(pair: Pair) -> bool:
    class_name, path = pair
    return path in BUILT_IN[""] or path in BUILT_IN.get(class_name, ())


def without_missing(asker: Asker, body: dict[str, Any], removed: Any) -> dict[str, Any]:
    """What can be set. Removing the value of a column that the server does not have is a 500 there (9.10)."""
    known = _known.setdefault(asker.client, set())
    doubtful = [path for path, value in body.items() if value is removed and (asker.class_name, path) not in known]
    missing = _missing(asker, doubtful) if doubtful else []
    return {path: value for path, value in body.items() if path not in missing}


def _missing(asker: Asker, paths: list[str]) -> list[str]:
    if _all_there(asker, paths):
        return []
    return [path for path in paths if not _all_there(asker, [path])]


def _all_there(asker: Asker, paths: list[str]) -> bool:
    """Any row meets this, unless a column is unknown. What this credential may not ask counts as there."""
    where = both(*(either({path: None}, {path: {"$exists": True}}) for path in paths))
    try:
        return bool(asker.rows({"where": where, "limit": 1, "keys": "objectId"}))
    except ParseError:
        return True
