"""SessionManager.set and remove_key store one value at once, and let everything else wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from parse_orm.web import CachingStore, MemoryStore, SessionConfig, SessionManager, SessionStore, SQLStore
from parse_orm.web.errors import SessionEncodeError, SessionGone

STORES: dict[str, Callable[[Path, Any], SessionStore]] = {
    "memory": lambda folder, moment: MemoryStore(clock=moment),
    "sql": lambda folder, moment: SQLStore(f"sqlite:///{folder}/sessions.db", clock=moment),
    "caching": lambda folder, moment: CachingStore(MemoryStore(clock=moment), MemoryStore(clock=moment)),
}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path, moment: Any) -> SessionStore:
    return STORES[request.param](tmp_path, moment)


@pytest.fixture
def manager(store: SessionStore) -> SessionManager:
    manager = SessionManager(store, SessionConfig())
    manager.authenticate("u1")
    manager.session["old"] = "stored"
    manager.session.save()
    return manager


def again(manager: SessionManager) -> SessionManager:
    """Another request of the same visitor, at the same time."""
    found = manager.session.cookie()
    assert found is not None
    cookie = manager.codec.value(*found)
    return SessionManager(manager.store, manager.config, cookie_header=f"{manager.config.cookie_name}={cookie}")


def stored(manager: SessionManager) -> dict[str, Any]:
    assert manager.session.id is not None
    record = manager.store.read(manager.session.id)
    assert record is not None
    return {key: value for key, value in record.data.items() if not key.startswith("_")}


def test_other_changes_go_on_waiting(manager: SessionManager) -> None:
    manager.session["draft"] = "unfinished"
    del manager.session["old"]

    manager.set("colour", ["red"])

    assert stored(manager) == {"old": "stored", "colour": ["red"]}
    assert manager.session.is_dirty
    manager.session.save()
    assert stored(manager) == {"draft": "unfinished", "colour": ["red"]}
    assert not manager.session.is_dirty


def test_removing_leaves_the_rest_waiting_too(manager: SessionManager) -> None:
    manager.session["draft"] = "unfinished"

    manager.remove_key("old")

    assert (stored(manager), manager.session.is_dirty) == ({}, True)
    assert dict(manager.session) == {"draft": "unfinished"}


def test_a_value_that_only_waits_is_dropped_without_a_write(manager: SessionManager) -> None:
    manager.session["draft"] = "unfinished"

    manager.remove_key("draft")

    assert ("draft" in manager.session, manager.session.is_dirty) == (False, False)


def test_a_session_that_was_cleared_is_stored_cleared_later(manager: SessionManager) -> None:
    manager.session.clear()

    manager.set("colour", "red")

    assert stored(manager) == {"old": "stored", "colour": "red"}
    manager.session.save()
    assert stored(manager) == {"colour": "red"}


def test_what_another_request_stored_meanwhile_is_kept(manager: SessionManager) -> None:
    other = again(manager)
    assert other.get("old") == "stored"

    manager.set("colour", "red")
    other.set("size", 3)
    other.remove_key("old")

    assert stored(manager) == {"colour": "red", "size": 3}


def test_a_later_change_of_the_same_value_is_noticed(manager: SessionManager) -> None:
    manager.set("colours", ["red"])
    assert not manager.session.is_dirty

    manager.session["colours"].append("blue")

    assert manager.session.is_dirty
    manager.session.save()
    assert stored(manager)["colours"] == ["red", "blue"]


def test_storing_a_value_counts_as_use(manager: SessionManager, moment: Any) -> None:
    moment.pass_by(timedelta(minutes=5))

    manager.set("colour", "red")

    assert manager.session.id is not None
    record = manager.store.read(manager.session.id)
    assert record is not None
    assert record.last_active_at == moment.now
    assert manager.session.cookie_due


def test_what_cannot_be_stored_changes_nothing(manager: SessionManager) -> None:
    with pytest.raises(SessionEncodeError):
        manager.set("colour", object())

    assert "colour" not in manager.session


def test_a_session_that_ended_meanwhile_is_not_made_again(manager: SessionManager) -> None:
    assert manager.session.id is not None
    manager.store.destroy(manager.session.id)

    with pytest.raises(SessionGone):
        manager.set("colour", "red")
    assert manager.store.read(manager.session.id) is None
