"""What a client must know to talk to a server: the keyword arguments of `orm.connect`."""

from __future__ import annotations

from typing import TypedDict


class Connection(TypedDict):
    """An address and the keys that go with it, ready for `orm.connect(**connection)`."""

    server_url: str
    app_id: str
    rest_key: str | None
    master_key: str | None
