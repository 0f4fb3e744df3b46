"""Blocks decide who asks for every object and query inside them: nested, across threads, after errors."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import Callable
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.client import context
from tests.wire.conftest import Wire

pytestmark = pytest.mark.usefixtures("client")

ANN = "r:" + "1" * 32
BOB = "r:" + "2" * 32


class AskedSong(orm.ParseObject):
    title = orm.property(str)


def answers(wire: Wire) -> None:
    row = {"objectId": "a", "createdAt": "2024-01-02T03:04:05.678Z", "updatedAt": "2024-01-02T03:04:05.678Z"}
    wire.answer("POST", "/classes/AskedSong", {**row, "results": [], "count": 0})
    wire.answer("POST", "/classes/AskedSong/a", row)
    wire.answer("PUT", "/classes/AskedSong/a", row)
    wire.answer("DELETE", "/classes/AskedSong/a", {})


def who(wire: Wire) -> str:
    """Who the last request said it was."""
    headers = wire.headers
    assert not ("X-Parse-Master-Key" in headers and "X-Parse-Session-Token" in headers)
    if "X-Parse-Master-Key" in headers:
        return "master"
    return {None: "nobody", ANN: "ann", BOB: "bob"}[headers.get("X-Parse-Session-Token")]


ASKING: dict[str, Callable[[], Any]] = {
    "create": lambda: AskedSong.create(title="x"),
    "get": lambda: AskedSong.get("a"),
    "find": lambda: AskedSong.find("a"),
    "reload": lambda: AskedSong.pointer("a").reload(),
    "update": lambda: AskedSong.pointer("a").update(title="x"),
    "unset": lambda: AskedSong.pointer("a").unset("title"),
    "destroy": lambda: AskedSong.pointer("a").destroy(),
    "lazy field": lambda: AskedSong.pointer("a").title,
    "all": lambda: AskedSong.all(),
    "count": lambda: AskedSong.count(),
    "first": lambda: AskedSong.first(),
    "exists": lambda: AskedSong.exists(),
    "pluck": lambda: AskedSong.pluck("title"),
    "get_many": lambda: AskedSong.get_many(["a"]),
}


@pytest.mark.parametrize("what", ASKING)
def test_every_request_inside_a_block_is_made_by_the_block(what: str, wire: Wire) -> None:
    answers(wire)
    ask = ASKING[what]

    def asker() -> str:
        ask()
        return who(wire)

    assert asker() == "master"
    with orm.as_user(ANN):
        assert asker() == "ann"
        with orm.as_user(BOB):
            assert asker() == "bob"
        with orm.as_anonymous():
            assert asker() == "nobody"
        with orm.as_master():
            assert asker() == "master"
        assert asker() == "ann"
    assert asker() == "master"


def test_a_block_is_left_behind_by_an_exception(wire: Wire) -> None:
    answers(wire)

    with contextlib.suppress(KeyError), orm.as_user(ANN), orm.as_anonymous():
        raise KeyError

    AskedSong.count()
    assert who(wire) == "master"


def test_threads_do_not_see_each_other_s_blocks(wire: Wire, client: orm.Client) -> None:
    answers(wire)
    both_inside = threading.Barrier(3, timeout=10)
    seen: dict[str, str] = {}

    def work(name: str, token: str | None) -> None:
        block: Any = contextlib.nullcontext() if token is None else orm.as_user(token)
        with orm.using(client), block:
            both_inside.wait()
            seen[name] = repr(orm.current_credential()) + (orm.current_credential().token or "")
            both_inside.wait()

    threads = [threading.Thread(target=work, args=each) for each in (("ann", ANN), ("bob", BOB), ("none", None))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen["ann"].endswith(ANN)
    assert seen["bob"].endswith(BOB)
    assert "master" in seen["none"]


def test_tasks_keep_their_own_block(client: orm.Client) -> None:
    async def ask(token: str) -> str | None:
        with orm.as_user(token):
            await asyncio.sleep(0.01)
            return orm.current_credential().token

    async def both() -> list[str | None]:
        return list(await asyncio.gather(ask(ANN), ask(BOB)))

    assert asyncio.run(both()) == [ANN, BOB]
    assert orm.current_credential().kind == "master"


def test_a_block_for_the_master_key_needs_one(wire: Wire) -> None:
    poor = orm.Client("http://localhost:1337/parse", "app-id", master_key=None)

    with orm.using(poor), orm.as_master():
        for ask in ASKING.values():
            with pytest.raises(orm.MasterKeyRequired):
                ask()

    assert wire.lines == []


def test_the_token_of_a_client_counts_until_a_block_says_otherwise(wire: Wire) -> None:
    answers(wire)
    bound = orm.Client("http://localhost:1337/parse", "app-id", master_key="m" * 8, session_token=ANN)

    with orm.using(bound):
        AskedSong.count()
        assert who(wire) == "ann"
        AskedSong.as_master().count()
        assert who(wire) == "master"
        AskedSong.as_master().as_user(BOB).count()
        assert who(wire) == "bob"
        with orm.as_anonymous():
            AskedSong.count()
            assert who(wire) == "nobody"


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_a_blank_token_is_never_the_master_key(blank: str, wire: Wire) -> None:
    for ask in (
        lambda: orm.as_user(blank),
        lambda: AskedSong.as_user(blank),
        lambda: AskedSong.get("a", session=blank),
        lambda: AskedSong(title="x").save(session=blank),
        lambda: AskedSong.pointer("a").destroy(session=blank),
        lambda: orm.Client("http://localhost/parse", "app", session_token=blank),
    ):
        with pytest.raises(ValueError, match="token"):
            ask()

    assert wire.lines == []


def test_an_object_that_is_nobody_s_login_cannot_ask() -> None:
    for who_asks in (orm.User.pointer("a"), orm.Session.pointer("a"), object()):
        with pytest.raises(orm.SessionTokenMissing):
            orm.as_user(who_asks)


def test_without_a_client_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context._Default, "client", None)

    def ask() -> None:
        with pytest.raises(orm.NotConnected, match=r"connect\("):
            AskedSong.count()

    contextvars.Context().run(ask)
