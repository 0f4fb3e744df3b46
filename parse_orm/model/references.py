"""Which unsaved objects an object refers to, and in which order a set of objects can be saved."""

from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any

from ..errors import UnsavedReference
from ..fields.record import Record
from ..types.operations import Relate


def unsaved_references(record: Any) -> Iterator[tuple[str, Any]]:
    """Column and object of every reference to an object that has no id yet."""
    for path, value in (record._seen or {}).items():
        for item in _records_in(value):
            if item.is_new:
                yield path, item
    for path, operation in record._operations().items():
        for item in operation.added if isinstance(operation, Relate) else ():
            if item.is_new:
                yield path, item


def label_of(record: Any, path: str) -> str:
    """A column as messages name it."""
    return f"{record.schema.name}.{record._name_of(path)}"


def in_order(records: Iterable[Any]) -> list[list[Any]]:
    """Objects in layers: what a layer refers to stands in the layers before it.

    Args:
        records: the objects; the unsaved ones that they refer to are added, each object counts once.

    Returns:
        Lists of objects that may be saved together. Two objects of one row never share a layer, because the server
        runs the items of a batch in no order (Parse Server 9.10).

    Raises:
        UnsavedReference: unsaved objects refer to each other in a circle; the message names the way round.
    """
    graph: TopologicalSorter[int] = TopologicalSorter()
    known: dict[int, Any] = {}
    columns: dict[tuple[int, int], str] = {}
    rows: dict[tuple[str, str], int] = {}
    waiting = list(records)[::-1]
    while waiting:
        record = waiting.pop()
        if id(record) in known:
            continue
        known[id(record)] = record
        graph.add(id(record))
        if not record.is_new:
            row = record.schema.class_name, record._wire["objectId"]
            if row in rows:
                graph.add(id(record), rows[row])
            rows[row] = id(record)
        for path, needed in unsaved_references(record):
            graph.add(id(record), id(needed))
            columns[id(record), id(needed)] = label_of(record, path)
            waiting.append(needed)
    try:
        graph.prepare()
    except CycleError as error:
        raise _circle(error.args[1], columns) from None
    layers = []
    while graph.is_active():
        ready = graph.get_ready()
        graph.done(*ready)
        chosen = set(ready)
        layers.append([record for one, record in known.items() if one in chosen])
    return layers


def _circle(nodes: list[int], columns: dict[tuple[int, int], str]) -> UnsavedReference:
    """graphlib lists each node before the one that needs it."""
    around = nodes[::-1]
    way = " -> ".join(columns[pair] for pair in pairwise(around))
    return UnsavedReference(
        f"these unsaved objects refer to each other in a circle: {way} -> {columns[around[0], around[1]]}. "
        "Save one of them without its reference first"
    )


def _records_in(value: Any) -> Iterator[Any]:
    if isinstance(value, Record):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _records_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _records_in(item)
