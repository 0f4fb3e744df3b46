"""Which unsaved objects an object refers to, and in which order a set of objects can be saved."""

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any

from ..client.context import current_client
from ..errors import UnsavedReference
from ..fields.servers import records_in, refuse_other_server, refuse_rows_of_another_server
from ..types.operations import Operation, Relate


def unsaved_references(record: Any) -> Sequence[tuple[str, Any]]:
    """Column and object of every reference to an object that has no id yet."""
    seen, found = record._seen, []
    if seen:
        for path in record.schema.referring:
            for item in records_in(seen.get(path)):
                if item.is_new:
                    found.append((path, item))
    for path, operation in record._operations().items():
        if isinstance(operation, Relate):
            found += [(path, item) for item in operation.added if item.is_new]
    return found


def refuse_foreign_references(record: Any, waiting: Mapping[str, Operation]) -> None:
    """Refuse references to rows of another server than the one that the object is saved on.

    Args:
        record: The object that is saved.
        waiting: Its operations that wait to be sent.

    Raises:
        InvalidValue: names the column, the row and both servers.
    """
    seen, client = record._seen, record._origin.client
    if seen:
        for path in record.schema.referring:
            for item in records_in(seen.get(path)):
                theirs = item._origin.client
                if theirs is not None and theirs is not client:
                    refuse_other_server(client or current_client(), theirs, item, label_of(record, path))
    if waiting:
        for path, operation in waiting.items():
            if isinstance(operation, Relate):
                refuse_rows_of_another_server(client, [*operation.added, *operation.removed], label_of(record, path))


def refuse_saving_elsewhere(record: Any, path: str, needed: Any) -> None:
    """Refuse to save an unsaved object first when that would be on another server than the one that needs it.

    Raises:
        InvalidValue: names the column and both servers.
    """
    here, there = record._origin.client, needed._origin.client
    if here is not there:
        refuse_other_server(here or current_client(), there or current_client(), needed, label_of(record, path))


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
        InvalidValue: an unsaved object would be saved on another server than the one that refers to it.
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
            refuse_saving_elsewhere(record, path, needed)
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
