"""What an application may put into a session, and what somebody who writes to the store may do with its rows."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from parse_orm.client.credentials import ANONYMOUS
from parse_orm.types.secret import Secret, hidden
from parse_orm.web import (
    MemoryStore,
    SessionAdmin,
    SessionConfig,
    SessionEncodeError,
    SessionManager,
    SessionNotFound,
    SQLStore,
)
from parse_orm.web.errors import SessionDecodeError
from parse_orm.web.parse_link import Link, ParseSide
from parse_orm.web.record import LINK, decode, encode
from tests.web.browser import Browser, put, read

CONFIG = SessionConfig(encrypt_key="k" * 32)


class Account(str):
    """A user who logged in on the Parse Server."""

    __slots__ = ()

    @property
    def session_token(self) -> str:
        return f"r:{self}"


@pytest.fixture(autouse=True)
def parse_side(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Parse Server that knows every token."""
    monkeypatch.setattr(ParseSide, "link", lambda self, token, now: Link(hidden(token), "sid", now))
    monkeypatch.setattr(ParseSide, "logout", lambda self, link: None)
    monkeypatch.setattr(ParseSide, "sessions", lambda self, user_id: [])
    monkeypatch.setattr(ParseSide, "user", lambda self, link: Account(link.token.reveal()[2:]))


def logged_in(store: Any, name: str, config: SessionConfig = CONFIG) -> Browser:
    browser = Browser(store, config)
    browser.request(lambda manager: manager.authenticate(Account(name)))
    return browser


def token(browser: Browser) -> str | None:
    return browser.request(lambda manager: manager.credential().token)  # type: ignore[no-any-return]


def id_of(browser: Browser) -> str:
    return browser.request(lambda manager: manager.session.id)  # type: ignore[no-any-return]


# -- the sealed token ------------------------------------------------------------------------


def test_a_sealed_token_reads_as_none_in_the_row_of_another_session(store: MemoryStore, moment: Any) -> None:
    ann = logged_in(store, "ann")
    moment.pass_by(timedelta(minutes=1))
    others = [logged_in(store, name) for name in ("bob", "ann")]

    for other in others:
        row = store.read(id_of(other))
        assert row is not None
        hers = store.read(id_of(ann))
        assert hers is not None
        row.data[LINK] = hers.data[LINK]
        store.write(row)

        assert other.request(lambda manager: manager.is_authenticated) is True
        assert other.request(lambda manager: manager.credential()) is ANONYMOUS
    assert token(ann) == "r:ann"


def test_a_sealed_token_goes_along_with_its_session_to_a_new_id_and_a_new_secret(
    store: MemoryStore, moment: Any
) -> None:
    ann = logged_in(store, "ann")
    before = id_of(ann)
    for change in (
        lambda manager: manager.session.cycle_id(),
        lambda manager: manager.rotate(),
        lambda manager: manager.session.__setitem__("a", 1),
        lambda manager: moment.pass_by(timedelta(hours=1)),  # so that the next request writes the link anew
    ):
        ann.request(change)
        assert token(ann) == "r:ann"
    assert id_of(ann) != before


def test_a_key_that_was_replaced_still_opens_tokens_and_a_dropped_one_does_not(store: MemoryStore) -> None:
    ann = logged_in(store, "ann")
    row = store.read(id_of(ann))
    assert row is not None

    def opened(*keys: str) -> Link | None:
        seal = SessionConfig(encrypt_key=list(keys)).token_seal
        return Link.from_data(row.data[LINK], seal, row.user_id, row.created_at)

    assert opened("n" * 32, "k" * 32) is not None
    assert opened("n" * 32) is None


@pytest.mark.parametrize("off", [-1001, -999, 999, 1001])
def test_a_store_may_round_the_time_of_a_login_to_the_millisecond(moment: Any, off: int) -> None:
    seal, now = CONFIG.token_seal, moment()
    data = Link(Secret("r:ann"), "sid", now).to_data(seal, "ann", now)
    found = Link.from_data(data, seal, "ann", now + timedelta(microseconds=off))

    assert (found is not None) is (abs(off) < 1000)


@pytest.mark.parametrize("text", ["r:ann", "", "[]", "{}", '["ann"]', '["ann", "x", "r:ann"]', '["ann", 0, 5]', "5"])
def test_what_was_sealed_without_a_session_is_no_token(text: str, moment: Any) -> None:
    seal = CONFIG.token_seal
    assert seal is not None
    epoch = datetime.fromisoformat("1970-01-01T00:00:00+00:00")

    assert Link.from_data({"token": seal.close(text), "sid": "x"}, seal, "ann", epoch) is None


# -- deep values -----------------------------------------------------------------------------


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.fixture(params=["memory", "sql"])
def any_store(request: pytest.FixtureRequest, moment: Any) -> Iterator[Any]:
    with MemoryStore(clock=moment) if request.param == "memory" else SQLStore("sqlite://", clock=moment) as store:
        yield store


def test_a_value_of_100_levels_is_stored_and_a_deeper_one_refused_by_its_key(any_store: Any) -> None:
    ann = logged_in(any_store, "ann")
    circle: list[Any] = []
    circle.append(circle)

    ann.request(put("deep", nested(100)))
    for value in (nested(101), nested(500), circle, {"a": circle}):
        for store_it in (
            put("a", value),
            lambda manager, value=value: manager.set("a", value),
            lambda manager, value=value: manager.session.insert("a", value),
            lambda manager, value=value: manager.session.flash("a", value),
        ):
            with pytest.raises(SessionEncodeError, match=r"^session\['a'\] is nested more than 100 levels deep"):
                ann.request(store_it)

    assert ann.request(read("deep")) == nested(100)
    assert ann.request(lambda manager: "a" in manager.session) is False
    assert len(SessionAdmin(any_store, parse=False).list_for_user("ann")) == 1
    ann.request(lambda manager: manager.logout())
    assert any_store.list_for_user("ann") == []


def test_a_value_that_becomes_too_deep_in_place_is_not_stored_and_the_session_goes_on(any_store: Any) -> None:
    ann = logged_in(any_store, "ann")
    ann.request(put("a", [1]))

    with pytest.raises(SessionEncodeError, match=r"^session\['a'\] is nested"):
        ann.request(lambda manager: (manager.session["a"].append(manager.session["a"]), manager.session.save()))
    assert ann.request(read("a")) == [1]


def test_a_stored_value_that_is_too_deep_cannot_be_read_whatever_the_recursion_limit() -> None:
    assert decode(encode({"a": nested(100)})) == {"a": nested(100)}
    limit = sys.getrecursionlimit()
    for now in (limit, 10**6):
        sys.setrecursionlimit(now)
        try:
            for levels in (102, 500, 200_000):
                with pytest.raises(SessionDecodeError):
                    decode("[" * levels + "]" * levels)
        finally:
            sys.setrecursionlimit(limit)


# -- ids -------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", ["of-user:victim", "id:x", "", "../a", "a b", "x" * 65, None, 5, ["a"]])
def test_an_id_that_no_session_can_have_is_not_found_and_asks_nobody(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch, id: Any
) -> None:
    ann = logged_in(store, "ann")
    manager = SessionManager(store, CONFIG, cookie_header=f"{CONFIG.cookie_name}={ann.cookie}")
    assert manager.user_id == "ann"
    for ask in ("read", "destroy"):
        monkeypatch.setattr(store, ask, lambda *given: pytest.fail("the store was asked"))
    monkeypatch.setattr(ParseSide, "owned", lambda *given: pytest.fail("the Parse Server was asked"))

    with pytest.raises(SessionNotFound):
        manager.revoke(id)
