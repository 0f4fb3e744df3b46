"""Which unsaved objects an object refers to, and in which order a set of objects can be saved."""

from collections.abc import Sequence
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any

from ..errors import UnsavedReference
from ..fields.record import Record
from ..types.operations import Relate


def unsaved_references(record: Any) -> Sequence[tuple[str, Any]]:
    """Column and object of every reference to an object that has no id yet."""
    seen, found = record._seen, []
    if seen:
        for path in record.schema.referring:
            for item in _records_in(seen.get(path)):
                if item.is_new:
                    found.append((path, item))
    for path, operation in record._operations().items():
        if isinstance(operation, Relate):
            found += [(path, item) for item in operation.added if item.is_new]
    return found


def label_of(record: Any, path: str) -> str:
    """A column as messages name it."""
    return f"{record.schema.name}.{record._name_of(path)}"


def in_order(records: list[Any]) -> list[list[Any]]:
    """Objects in layers: what a layer refers to stands in the layers before it.

    Args:
        records: the objects, each once; the unsaved ones that they refer to are added.

    Returns:
        Lists of objects that may be saved together. Two objects of one row never share a layer, because the server
        runs the items of a batch in no order (Parse Server 9.10).

    Raises:
        UnsavedReference: unsaved objects refer to each other in a circle; the message names the way round.
    """
    # Mostly all can be saved at once, which is found out in half the time that sorting them takes.
    rows = [(record.schema.class_name, record._wire["objectId"]) for record in records if not record.is_new]
    if len(set(rows)) == len(rows) and not any(map(unsaved_references, records)):
        return [records] if records else []
    return _sorted_by_need(records)


def _sorted_by_need(records: list[Any]) -> list[list[Any]]:
    graph: TopologicalSorter[int] = TopologicalSorter()
    known: dict[int, Any] = {}
    columns: dict[tuple[int, int], str] = {}
    rows: dict[tuple[str, str], int] = {}
    waiting = records[::-1]
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


def _records_in(value: Any) -> Sequence[Any]:
    """The objects in a value; a list, because a generator for each value took a tenth of the time of save_all."""
    if isinstance(value, Record):
        return (value,)
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        return ()
    if PLAIN.issuperset(map(type, value)):
        return ()
    return [found for item in value if type(item) not in PLAIN for found in _records_in(item)]


#: What most columns, lists and dicts are full of.
PLAIN = frozenset({str, int, float, bool, type(None), datetime})
