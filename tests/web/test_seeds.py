"""The four systems that web sessions must equal: what their documentation shows holds here."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from parse_orm.web import Expiry, MemoryStore, SessionDecodeError, WebSession

ROOT = Path(__file__).resolve().parents[2]


def test_every_requirement_is_named_by_a_test() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    text += (ROOT / "parse_orm/testing/session_store_contract.py").read_text(encoding="utf-8")
    named = {int(number) for number in re.findall(r"(?:def test_r|\bR)(\d+)", text)}
    assert set(range(1, 49)) <= named


# -- what the documentation of tower-sessions shows -------------------------------------------


@pytest.fixture
def session(store: MemoryStore) -> WebSession:
    return WebSession(store=store)


def saved(store: MemoryStore) -> WebSession:
    session = WebSession(store=store)
    session.insert("foo", 42)
    session.save()
    return session


def test_insert_gives_what_was_there_before(session: WebSession) -> None:
    assert session.insert("foo", 42) is None
    assert session.insert("foo", 42) is None
    assert session.insert("foo", "bar") == 42


def test_get_of_another_kind_is_an_error(session: WebSession) -> None:
    session.insert("foo", 42)
    assert session.get("foo", type=int) == 42
    assert session.get("bar", type=int) is None
    with pytest.raises(SessionDecodeError):
        session.get("foo", type=str)


def test_remove_gives_the_value(session: WebSession) -> None:
    session.insert("foo", 42)
    assert (session.remove("foo"), session.get("foo"), session.remove("foo")) == (42, None, None)


def test_clear_before_loading_clears_and_keeps_what_is_stored(store: MemoryStore) -> None:
    id = saved(store).id
    cleared = WebSession(id, store)
    cleared.clear()
    assert cleared.get("foo") is None
    assert WebSession(id, store).get("foo") == 42
    cleared.save()
    assert WebSession(id, store).get("foo") is None


def test_is_empty(store: MemoryStore) -> None:
    assert WebSession(store=store).is_empty
    id = saved(store).id
    unread = WebSession(id, store)
    assert not unread.is_empty
    unread.delete()
    assert not unread.is_empty
    assert unread.get("foo") is None
    assert unread.is_empty


def test_flush_empties_and_deletes(store: MemoryStore) -> None:
    session = saved(store)
    session.flush()
    assert (session.id, session.is_empty, len(store)) == (None, True, 0)


def test_expiry_is_two_weeks_unless_told_otherwise(session: WebSession, moment: Any) -> None:
    assert session.expiry is None
    assert session.expiry_date == moment.now + timedelta(weeks=2)
    assert session.expiry_age == timedelta(weeks=2)
    session.set_expiry(Expiry.at(moment.now - timedelta(days=1)))
    assert session.expiry_age == timedelta()


def test_is_modified(store: MemoryStore) -> None:
    session = WebSession(saved(store).id, store)
    session.get("foo")
    assert not session.is_modified
    session.insert("foo", 1)
    assert session.is_modified


def test_load_drops_changes(store: MemoryStore) -> None:
    session = WebSession(saved(store).id, store)
    session["foo"] = 1
    session.load()
    assert session["foo"] == 42


def test_cycle_id_keeps_the_data(store: MemoryStore) -> None:
    first = saved(store)
    session = WebSession(first.id, store)
    session.cycle_id()
    assert not session.is_empty
    assert session.is_modified
    session.save()
    assert session.id != first.id
    assert WebSession(session.id, store).get("foo") == 42
