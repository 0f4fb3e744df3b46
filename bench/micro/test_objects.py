"""What one object costs without a server: making it, reading it, changing it. Each call handles a thousand."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import parse_orm as orm
from bench.models import Row, Saved, read_all, read_twelve
from bench.peers.mapper import _new
from bench.rows import stored
from bench.small import ROWS
from parse_orm.fields.origin import Origin
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Request, Response

Benchmark = Callable[..., Any]

TEXT = json.dumps({"results": [stored(number) for number in range(ROWS)]}).encode()
EMPTY = b'{"results":[]}'
ORIGIN = Origin()


def wire() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(TEXT)["results"]
    return rows


def objects() -> list[Row]:
    return Row._hydrate(wire(), ORIGIN)


class Slot:
    """The least that an object of Python can be."""

    __slots__ = ("row",)
    row: Any


class Key:
    """The plainest descriptor over a dict."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __get__(self, one: Any, owner: Any) -> Any:
        return one.row[self.key]

    def __set__(self, one: Any, value: Any) -> None:
        one.row[self.key] = value


class Plain(Slot):
    """A row behind such descriptors."""

    __slots__ = ()

    plays = Key("plays")


@pytest.fixture
def found() -> list[Row]:
    """Objects of which every field has been read once."""
    rows = objects()
    read_all(rows)
    return rows


def test_floor(benchmark: Benchmark) -> None:
    rows = wire()

    def make() -> list[Slot]:
        new, made = object.__new__, []
        for row in rows:
            one = new(Slot)
            one.row = row
            made.append(one)
        return made

    benchmark(make)


def test_descriptor(benchmark: Benchmark) -> None:
    found = [Plain() for _ in range(ROWS)]
    for one, row in zip(found, wire(), strict=True):
        one.row = row

    def read() -> None:
        for one in found:
            one.plays  # noqa: B018

    benchmark(read)


def test_hydrate(benchmark: Benchmark) -> None:
    benchmark(Row._hydrate, wire(), ORIGIN)


def test_json(benchmark: Benchmark) -> None:
    benchmark(json.loads, TEXT)


def test_decode(benchmark: Benchmark) -> None:
    from parse_orm.codec.json import loads

    benchmark(loads, TEXT)


def test_found(benchmark: Benchmark) -> None:
    """Everything between the transport and the list of objects."""

    def answer(request: Request) -> Response:
        body = request.body or b""
        return Response(200, body=EMPTY if b"$gt" in body else TEXT)

    client = orm.Client("http://localhost/parse", "bench", master_key=None, transport=MemoryTransport(answer))
    benchmark(Row.limit(ROWS).using(client).all)


def test_native(benchmark: Benchmark, found: list[Row]) -> None:
    def read() -> None:
        for row in found:
            row.plays  # noqa: B018

    benchmark(read)


def test_decoded(benchmark: Benchmark, found: list[Row]) -> None:
    def read() -> None:
        for row in found:
            row.released  # noqa: B018

    benchmark(read)


def test_read_all(benchmark: Benchmark) -> None:
    """Fourteen values of each object, eight of them decoded."""
    benchmark.pedantic(read_all, setup=lambda: ((objects(),), {}), rounds=50)  # type: ignore[attr-defined]


def test_read_twelve(benchmark: Benchmark) -> None:
    """What pyairtable has of a row."""
    benchmark.pedantic(read_twelve, setup=lambda: ((objects(),), {}), rounds=50)  # type: ignore[attr-defined]


def test_new(benchmark: Benchmark) -> None:
    """A new object with all the values that it is to be saved with, each checked."""
    values = {name: getattr(_new(0), name) for name in Saved.schema.writable}

    def make() -> None:
        for _ in range(ROWS):
            Saved(**values)

    benchmark(make)


def test_changes(benchmark: Benchmark, found: list[Row]) -> None:
    """What a save has to find out about an object that was read and not changed."""

    def look() -> None:
        for row in found:
            row._changes()

    benchmark(look)
