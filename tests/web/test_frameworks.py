"""One script, three frameworks: statuses, bodies, cookies and headers are the same to the letter."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from parse_orm.testing.session_store_contract import Moment
from parse_orm.web import Expiry, MemoryStore, SessionBackendError, SessionConfig
from tests.web import frameworks
from tests.web.browser import CountingStore
from tests.web.frameworks import Answer, Get

SITES = {"flask": frameworks.flask_site, "django": frameworks.django_site, "asgi": frameworks.asgi_site}
CONFIG = SessionConfig(cookie_name="__Host-id", expiry=Expiry.on_inactivity(timedelta(hours=1)))

#: Page by page, as one browser asks for them; a time in minutes passes before some.
PAGES = """
nothing read put put-equal read put-other deep read put-failing read login who read rotate who count
login-failing who login-crashing who cycle who logout-failing who put clear read logout store-down
"""
SCRIPT: list[tuple[str, int]] = [(page, 0) for page in PAGES.split()]
SCRIPT += [("put", 0), ("read", 4), ("read", 2), ("nothing", 6), ("read", 0), ("read", 61)]


def play(site: Get, moment: Moment) -> list[Answer]:
    """Play the script; secrets are replaced by a word, for they differ."""
    answers, cookie = [], None
    for page, minutes in SCRIPT:
        moment.pass_by(timedelta(minutes=minutes))
        answer = site(page, cookie)
        if answer.cookie is not None:
            value = re.match(r"__Host-id=([^;]*)", answer.cookie)
            assert value is not None
            given = value[1].strip('"')
            cookie = f"__Host-id={given}" if given else None
            answer.cookie = normal(answer.cookie.replace(given, "SECRET") if given else answer.cookie)
        answers.append(answer)
    return answers


def normal(cookie: str) -> str:
    """The attributes in one order: Django writes them in its own, which no browser minds."""
    pair, *attributes = cookie.replace('""', "").split("; ")
    return "; ".join([pair, *sorted(attributes, key=str.lower)]).lower()


@pytest.fixture
def plays() -> dict[str, list[Answer]]:
    return {name: play(site(MemoryStore(clock=m), CONFIG), m) for name, site in SITES.items() for m in (Moment(),)}


def test_the_three_do_the_same(plays: dict[str, list[Answer]]) -> None:
    for number, (page, _) in enumerate(SCRIPT):
        seen = {name: answers[number] for name, answers in plays.items()}
        assert seen["flask"] == seen["asgi"], (number, page)
        assert seen["django"] == seen["asgi"], (number, page)


def test_and_it_is_the_right_thing(plays: dict[str, list[Answer]]) -> None:
    answers = dict(enumerate(plays["flask"]))
    bodies = [answer.body for answer in answers.values() if answer.status == 200]
    assert bodies[:8] == ["nothing", "None", "put", "put", "1", "put", "None", "{'x': [1]}"]
    assert [a.status for a in answers.values()].count(503) == 2
    assert answers[0] == Answer(200, "nothing", None, None, answers[0].cache)
    assert answers[1].cookie is None
    assert answers[2].cookie == "__host-id=secret; httponly; max-age=3600; path=/; samesite=lax; secure"
    assert answers[3].cookie is None
    assert (answers[4].cookie, answers[4].vary) == (None, "Cookie")
    assert "max-age=0" in str(answers[-1 % len(answers)].cookie)


@pytest.mark.parametrize("name", SITES)
def test_a_cookie_that_means_nothing_is_cleared(name: str) -> None:
    site = SITES[name](MemoryStore(), CONFIG)
    for value in ("x", "x" * 10_000, "%00", "a.b.c", ""):
        assert "max-age=0" in str(site("nothing", f"__Host-id={value}").cookie).lower()


@pytest.mark.parametrize("name", SITES)
def test_a_read_only_request_is_one_read_and_an_untouched_one_none(name: str) -> None:
    store = CountingStore(MemoryStore())
    site = SITES[name](store, CONFIG)
    header = site("put").cookie
    cookie = str(header).partition(";")[0]
    store.calls.clear()
    assert site("read", cookie).body == "1"
    assert store.calls == {"read": 1}
    assert site("nothing", cookie).vary is None
    if name != "asgi":  # which reads ahead, for nothing can be read later without waiting
        assert store.calls == {"read": 1}


@pytest.mark.parametrize("name", SITES)
def test_changes_that_cannot_be_stored_are_a_500(name: str) -> None:
    store = CountingStore(MemoryStore())
    site = SITES[name](store, CONFIG)
    cookie = str(site("put").cookie).partition(";")[0]
    store.fail["write"] = SessionBackendError("down")
    assert site("put-other", cookie).status == 500
    store.fail = {"read": SessionBackendError("down")}
    assert site("read", cookie).status == 503


@pytest.mark.parametrize(("name", "status"), [("flask", 200), ("asgi", 200), ("django", 400)])
def test_a_session_that_ended_meanwhile(name: str, status: int, monkeypatch: Any) -> None:
    store = MemoryStore()
    site = SITES[name](store, CONFIG)
    cookie = str(site("login").cookie).partition(";")[0]

    def late(session: Any, manager: Any) -> tuple[str, int]:
        session["a"] = 1
        store.destroy_all()
        return "late", 200

    monkeypatch.setitem(frameworks.PAGES, "late", late)
    assert site("late", cookie).status == status
    assert len(store) == 0


@pytest.mark.parametrize("name", SITES)
def test_forwarded_addresses_are_believed_from_trusted_proxies_alone(name: str, monkeypatch: Any) -> None:
    monkeypatch.setitem(frameworks.PAGES, "ip", lambda s, m: (m.visitor.ip_address, 200))
    assert SITES[name](MemoryStore(), CONFIG)("ip").body in ("127.0.0.1", "")
