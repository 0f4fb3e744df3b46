"""Which server the objects in a value belong to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ..client.context import current_client
from ..errors import InvalidValue
from .record import Record

#: What most columns, lists and dicts are full of.
PLAIN = frozenset({str, int, float, bool, type(None), datetime})


def records_in(value: Any) -> Sequence[Any]:
    """The objects in a value; a list, because a generator for each value took a tenth of the time of save_all."""
    kind = type(value)  # most values are of these classes themselves, which takes no call to see
    if kind in PLAIN:
        return ()
    if kind is list:
        pass
    elif kind is dict:
        value = value.values()
    elif isinstance(value, Record):
        return (value,)
    elif isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        return ()
    if PLAIN.issuperset(map(type, value)):
        return ()
    return [found for item in value if type(item) not in PLAIN for found in records_in(item)]


def refuse_rows_of_another_server(client: Any, value: Any, label: str) -> None:
    """Refuse objects that were loaded from, or saved on, another server than the one that is written to.

    A pointer holds an id only, which over there is the id of another row, or of none. An object whose server is not
    known, such as that of ``Song.pointer(id)``, passes.

    Args:
        client: Writes; None stands for the client in use.
        value: What is written: an object, or a value that may hold some.
        label: What holds the value, for the message.

    Raises:
        InvalidValue: names the row and both servers.
    """
    for item in records_in(value):
        theirs = item._origin.client
        if theirs is not None and theirs is not client:
            refuse_other_server(client or current_client(), theirs, item, label)


def refuse_other_server(here: Any, there: Any, item: Any, label: str) -> None:
    """Refuse an object of one client in what another client writes, unless both ask the same server.

    Args:
        here: The client that writes.
        there: The client of the object.
        item: The object.
        label: What refers to it, for the message.

    Raises:
        InvalidValue: names the object and both servers.
    """
    if here is there or (here.server_url, here.app_id) == (there.server_url, there.app_id):
        return
    name = f"{type(item).__name__} {item._wire.get('objectId', 'that is new')}"
    raise InvalidValue(
        f"{label} refers to {name} of {there.server_url} (app {there.app_id}), and is saved on "
        f"{here.server_url} (app {here.app_id}): refer to a row of that server"
    )
