"""The row that everything is measured with: ten columns of nine kinds and an ACL, about 530 bytes as JSON."""

from __future__ import annotations

from typing import Any

FOUND = "BenchRow"
"""The class of the rows that are found: a thousand."""

MANY = "BenchMany"
"""The class of the rows that are walked through: twenty thousand."""

SAVED = "BenchSaved"
"""The class of the rows that are made and deleted."""

AUTHOR = "BenchAuthor"
"""The class that the pointers lead to."""

AUTHOR_ID = "benchauthor"

_DATE = {"__type": "Date", "iso": "2024-01-02T03:04:05.678Z"}


def columns(number: int) -> dict[str, Any]:
    """The JSON of a new row.

    Args:
        number: makes the row differ from its neighbours.
    """
    return {
        "title": f"A title of ordinary length, number {number}",
        "genre": "bossa nova",
        "plays": number,
        "rating": number % 10 + 0.5,
        "live": number % 2 == 0,
        "released": dict(_DATE),
        "recorded": dict(_DATE),
        "author": {"__type": "Pointer", "className": AUTHOR, "objectId": AUTHOR_ID},
        "marks": [number, number + 1, number + 2],
        "info": {"bpm": 120, "key": "C"},
        "ACL": {"*": {"read": True}, AUTHOR_ID: {"read": True, "write": True}},
    }


def stored(number: int) -> dict[str, Any]:
    """The JSON of a row as the server gives it back, for benchmarks without a server.

    Args:
        number: makes the row differ from its neighbours.
    """
    moment = "2024-01-02T03:04:05.678Z"
    return {"objectId": f"row{number:07}", **columns(number), "createdAt": moment, "updatedAt": moment}
