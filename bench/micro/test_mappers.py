"""Other object mappers over JSON, with rows of the same columns in their own wire forms, already decoded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pyairtable.orm import Model, fields
from stripe import StripeObject

from bench.rows import stored
from bench.small import ROWS

Benchmark = Callable[..., Any]
MOMENT = "2024-01-02T03:04:05.678Z"


class Row(Model):
    """The benchmark's row as pyairtable declares it."""

    title = fields.TextField("title")
    genre = fields.TextField("genre")
    plays = fields.IntegerField("plays")
    rating = fields.FloatField("rating")
    live = fields.CheckboxField("live")
    released = fields.DatetimeField("released")
    recorded = fields.DatetimeField("recorded")
    author = fields.TextField("author")
    marks: Any = fields.Field("marks")
    info: Any = fields.Field("info")

    class Meta:
        """Never connected."""

        base_id, table_name, api_key = "app", "rows", "none"


def records() -> list[Any]:
    """What Airtable would have answered."""
    return [
        {
            "id": f"rec{number}",
            "createdTime": MOMENT,
            "fields": {**stored(number), "released": MOMENT, "recorded": MOMENT, "author": "rec0"},
        }
        for number in range(ROWS)
    ]


def read(rows: Iterable[Row]) -> None:
    """Read all twelve values of every row."""
    for row in rows:
        row.id, row.created_time  # noqa: B018
        row.title, row.genre, row.plays, row.rating, row.live  # noqa: B018
        row.released, row.recorded, row.author, row.marks, row.info  # noqa: B018


def test_pyairtable(benchmark: Benchmark) -> None:
    rows = records()
    benchmark(lambda: [Row.from_record(row) for row in rows])


def test_pyairtable_read(benchmark: Benchmark) -> None:
    rows = records()
    benchmark(lambda: read([Row.from_record(row) for row in rows]))


def test_stripe(benchmark: Benchmark) -> None:
    rows = [{**stored(number), "released": 1704164645, "recorded": 1704164645} for number in range(ROWS)]
    benchmark(lambda: [StripeObject.construct_from(row, None) for row in rows])
