"""What Django promises of every session engine (SessionBase), held by ours."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core import management
from django.core.exceptions import ImproperlyConfigured

from parse_orm.contrib.django.conf import session_config, session_store
from parse_orm.contrib.django.sessions import SessionStore
from parse_orm.testing.session_store_contract import Moment
from parse_orm.web import Expiry, MemoryStore, SessionConfig, SessionEncodeError

TEN = timedelta(seconds=10)


@pytest.fixture
def session() -> SessionStore:
    return SessionStore()


def untouched(session: SessionStore) -> SessionStore:
    """As if nothing had been done with it so far."""
    session.accessed = session.modified = False
    return session


# -- a mapping that knows whether it was used and changed ------------------------------------


def test_a_new_session_is_neither_used_nor_changed(session: SessionStore) -> None:
    assert (session.accessed, session.modified, session.session_key, session.is_empty()) == (False, False, None, True)


def test_reading_an_absent_key_gives_the_default(session: SessionStore) -> None:
    assert session.get("cat") is None
    assert session.get("cat", "dog") == "dog"
    assert (session.accessed, session.modified) == (True, False)


def test_a_value_that_is_set_is_a_change(session: SessionStore) -> None:
    session["cat"] = "dog"
    assert session.modified
    assert session["cat"] == "dog"
    assert not session.is_empty()


def test_an_equal_value_is_no_change(session: SessionStore) -> None:
    session["cat"] = "dog"
    session.save()
    again = SessionStore(session.session_key)
    again["cat"] = "dog"
    assert not again.modified


def test_a_change_inside_a_value_is_a_change(session: SessionStore) -> None:
    session["cart"] = ["apple"]
    session.save()
    again = SessionStore(session.session_key)
    again["cart"].append("pear")
    assert again.modified
    again.save()
    assert SessionStore(session.session_key)["cart"] == ["apple", "pear"]


def test_pop_takes_a_value_away(session: SessionStore) -> None:
    session["cat"] = "dog"
    untouched(session)
    assert session.pop("cat") == "dog"
    assert (session.accessed, session.modified, session.get("cat")) == (True, True, None)


@pytest.mark.parametrize("arguments", [{"default": "none"}, {}])
def test_pop_of_an_absent_key(session: SessionStore, arguments: dict[str, str]) -> None:
    if arguments:
        assert session.pop("cat", **arguments) == session.pop("cat", "none") == "none"
    else:
        with pytest.raises(KeyError):
            session.pop("cat")
    assert (session.accessed, session.modified) == (True, False)


def test_deleting_takes_a_value_away(session: SessionStore) -> None:
    session["cat"] = "dog"
    session.save()
    again = SessionStore(session.session_key)
    del again["cat"]
    assert again.modified
    with pytest.raises(KeyError):
        del again["cat"]


def test_setdefault_keeps_what_is_there(session: SessionStore) -> None:
    assert session.setdefault("foo", "bar") == "bar"
    assert session.setdefault("foo", "baz") == "bar"
    assert (session.accessed, session.modified) == (True, True)


def test_update_is_a_change(session: SessionStore) -> None:
    session.update({"cat": 1})
    assert (session.accessed, session.modified, session.get("cat")) == (True, True, 1)


def test_has_key_and_in(session: SessionStore) -> None:
    session["cat"] = 1
    untouched(session)
    assert session.has_key("cat")
    assert "cat" in session
    assert "dog" not in session
    assert (session.accessed, session.modified) == (True, False)


@pytest.mark.parametrize(("method", "expected"), [("keys", ["x"]), ("values", [1]), ("items", [("x", 1)])])
def test_a_look_at_everything(session: SessionStore, method: str, expected: list[Any]) -> None:
    assert list(getattr(session, method)()) == []
    session["x"] = 1
    untouched(session)
    assert list(getattr(session, method)()) == expected
    assert (session.accessed, session.modified) == (True, False)


def test_clear_takes_everything_away(session: SessionStore) -> None:
    session["x"] = 1
    untouched(session).clear()
    assert (list(session.items()), session.accessed, session.modified) == ([], True, True)


def test_a_cleared_session_is_stored_as_empty(session: SessionStore) -> None:
    session["x"] = 1
    session.save()
    again = SessionStore(session.session_key)
    again.clear()
    again["y"] = 2
    again.save()
    assert dict(SessionStore(session.session_key).items()) == {"y": 2}


def test_changes_that_are_declared_unwanted_are_not_stored_with_the_request(session: SessionStore) -> None:
    session["x"] = 1
    session.save()
    again = SessionStore(session.session_key)
    again["x"] = 2
    again.modified = False
    assert not again.web.is_dirty
    again["x"] = 3
    assert again.web.is_dirty


def test_the_test_cookie_works(session: SessionStore) -> None:
    assert not session.test_cookie_worked()
    session.set_test_cookie()
    assert session.test_cookie_worked()
    session.delete_test_cookie()
    assert not session.test_cookie_worked()


def test_a_value_that_json_cannot_hold_is_refused_by_name(session: SessionStore) -> None:
    with pytest.raises(SessionEncodeError, match="when"):
        session["when"] = datetime.now(UTC)


# -- keys -------------------------------------------------------------------------------------


def test_saving_makes_a_key_that_exists(session: SessionStore) -> None:
    session.save()
    assert session.session_key is not None
    assert session.exists(session.session_key)


def test_saving_keeps_the_values(session: SessionStore) -> None:
    session["a"], session["b"] = "c", "d"
    session.save()
    assert dict(session.items()) == {"a": "c", "b": "d"}


def test_creating_keeps_the_values_and_gives_another_key(session: SessionStore) -> None:
    session["a"] = 1
    session.save()
    before = session.session_key
    session.create()
    assert session.session_key != before
    assert dict(SessionStore(session.session_key).items()) == {"a": 1}


def test_delete_by_key(session: SessionStore) -> None:
    session.save()
    key = session.session_key
    session.delete(key)
    assert not session.exists(key)


def test_delete_of_another_session(session: SessionStore) -> None:
    session.save()
    SessionStore().delete(session.session_key)
    assert not session.exists(session.session_key)


def test_delete_without_a_key_is_harmless(session: SessionStore, store: MemoryStore) -> None:
    session.delete()
    session.delete("no key of ours")
    assert len(store) == 0


def test_flush_ends_the_session(session: SessionStore) -> None:
    session["foo"] = "bar"
    session.save()
    key = session.session_key
    session.flush()
    assert not session.exists(key)
    assert (session.session_key, session.modified, session.accessed) == (None, True, True)
    assert session.is_empty()


def test_flush_and_then_a_new_value_makes_another_session(session: SessionStore) -> None:
    session.save()
    key = session.session_key
    session.flush()
    session["foo"] = "bar"
    session.save()
    assert session.session_key not in (None, key)


def test_cycle_key_keeps_the_values(session: SessionStore) -> None:
    session["a"], session["b"] = "c", "d"
    session.save()
    key, items = session.session_key, list(session.items())
    session.cycle_key()
    assert not session.exists(key)
    assert session.session_key != key
    assert list(SessionStore(session.session_key).items()) == items


def test_cycle_key_of_a_session_that_was_not_read(session: SessionStore) -> None:
    session["a"] = "c"
    session.save()
    again = SessionStore(session.session_key)
    assert not again.web.is_loaded
    again.cycle_key()
    assert dict(again.items()) == {"a": "c"}
    assert not again.exists(session.session_key)


def test_cycle_key_of_a_new_session_gives_a_key(session: SessionStore) -> None:
    session["a"] = 1
    session.cycle_key()
    assert session.exists(session.session_key)
    assert session["a"] == 1


def test_cycle_key_of_a_session_that_ended_meanwhile(session: SessionStore) -> None:
    session.save()
    again = SessionStore(session.session_key)
    assert again.get("x") is None
    session.delete()
    with pytest.raises(SessionInterrupted):
        again.cycle_key()


@pytest.mark.parametrize("key", ["", "1", "1234567", "someunknownkey", "a;b=c", "x" * 5000, "a.b", "ä" * 43])
def test_a_key_that_was_not_made_here_is_none(key: str) -> None:
    session = SessionStore(key)
    assert session.session_key is None
    assert session.get("cat") is None
    session.save()
    assert session.session_key not in (None, key)


def test_assigning_a_bad_key_leaves_none(session: SessionStore) -> None:
    session.save()
    session._session_key = ""
    assert session.session_key is None


def test_the_key_is_read_only(session: SessionStore) -> None:
    with pytest.raises(AttributeError):
        session.session_key = "x"  # type: ignore[misc]


def test_an_unknown_key_is_never_adopted(session: SessionStore, store: MemoryStore) -> None:
    """R4."""
    session.save()
    key = session.session_key
    session.delete()
    again = SessionStore(key)
    assert again.load() == {}
    assert again.session_key is None
    assert len(store) == 0
    again["x"] = 1
    again.save()
    assert again.session_key not in (None, key)


def test_a_right_id_with_a_wrong_secret_opens_nothing(session: SessionStore) -> None:
    """R3."""
    session["a"] = 1
    session.save()
    id, _, secret = str(session.session_key).partition(".")
    forged = f"{id}.{secret[::-1]}"
    assert not session.exists(forged)
    thief = SessionStore(forged)
    thief.delete(forged)
    thief.flush()
    assert thief.get("a") is None
    assert SessionStore(session.session_key)["a"] == 1


def test_the_store_holds_no_key(session: SessionStore, store: MemoryStore) -> None:
    """R2."""
    session["a"] = 1
    session.save()
    id, _, secret = str(session.session_key).partition(".")
    record = store.read(id)
    assert secret not in str(vars(record))
    assert secret not in repr(record) + repr(session.web) + repr(session.manager)


def test_encrypted_keys_open_their_session_and_stay_the_same(project: Any) -> None:
    """R34."""
    project.PARSE_SESSION_CONFIG = SessionConfig(encrypt_key="k" * 32, sign_key="s" * 32)
    session = SessionStore()
    session["a"] = 1
    session.save()
    key = session.session_key
    assert key == session.session_key
    assert SessionStore(key).session_key == key
    assert SessionStore(key)["a"] == 1
    assert session.exists(key)
    session.delete(key)
    assert not session.exists(key)


# -- storing --------------------------------------------------------------------------------


def test_must_create_refuses_a_key_that_exists(session: SessionStore) -> None:
    session["a"] = 1
    session.save(must_create=True)
    with pytest.raises(CreateError):
        session.save(must_create=True)


def test_a_session_that_ended_elsewhere_is_not_made_again(session: SessionStore, store: MemoryStore) -> None:
    """R22."""
    session["a"] = 1
    session.save()
    other = SessionStore(session.session_key)
    other.delete()
    session["a"] = 2
    with pytest.raises(UpdateError):
        session.save()
    assert session.load() == {}
    assert len(store) == 0


def test_two_requests_that_change_different_keys_both_win(session: SessionStore) -> None:
    """R21."""
    session.save()
    one, other = SessionStore(session.session_key), SessionStore(session.session_key)
    assert (one.get("a"), other.get("b")) == (None, None)
    one["a"] = 1
    other["b"] = 2
    one.save()
    other.save()
    assert dict(SessionStore(session.session_key).items()) == {"a": 1, "b": 2}


def test_load_reads_again_and_gives_a_copy(session: SessionStore) -> None:
    session["a"] = [1]
    session.save()
    loaded = session.load()
    loaded["a"].append(2)
    assert session["a"] == [1]
    assert not session.web.is_dirty


def test_clear_expired_removes_what_has_run_out(session: SessionStore, store: MemoryStore, moment: Moment) -> None:
    session["a"] = 1
    session.set_expiry(TEN)
    session.save()
    lasting = SessionStore()
    lasting["a"] = 1
    lasting.save()
    moment.pass_by(2 * TEN)
    management.call_command("clearsessions")
    assert len(store) == 1
    assert lasting.exists(lasting.session_key)


def test_encoding_survives_a_round_trip_and_spoilt_data_are_logged(
    session: SessionStore, caplog: pytest.LogCaptureFixture
) -> None:
    data = {"a test key": "a test value"}
    assert session.decode(session.encode(data)) == data
    with caplog.at_level(logging.WARNING, "django.security.SuspiciousSession"):
        assert session.decode("flaskdj:alkdjf") == {}
    assert "corrupted" in caplog.text


# -- how long it lasts ----------------------------------------------------------------------


def test_the_default_is_the_age_of_the_settings(session: SessionStore, project: Any, moment: Moment) -> None:
    assert session.get_session_cookie_age() == session.get_expiry_age() == project.SESSION_COOKIE_AGE
    assert session.get_expiry_date() == moment() + timedelta(seconds=project.SESSION_COOKIE_AGE)


@pytest.mark.parametrize("value", [10, TEN, "date"])
def test_an_expiry_of_its_own(session: SessionStore, moment: Moment, value: Any) -> None:
    session.set_expiry(moment() + TEN if value == "date" else value)
    assert session.get_expiry_date(modification=moment()) == moment() + TEN
    assert session.get_expiry_age(modification=moment()) == 10
    assert session.modified


def test_a_date_without_a_time_zone_is_the_projects(session: SessionStore, project: Any, moment: Moment) -> None:
    project.USE_TZ = False
    project.TIME_ZONE = "UTC"
    session.set_expiry(moment().replace(tzinfo=None) + TEN)
    assert session.get_expiry_age() == 10
    assert session.get_expiry_date() == moment().replace(tzinfo=None) + TEN


def test_none_goes_back_to_the_settings(session: SessionStore, project: Any) -> None:
    session.set_expiry(None)
    session.set_expiry(10)
    session.set_expiry(None)
    assert session.get_expiry_age() == project.SESSION_COOKIE_AGE


def test_an_expiry_survives_in_the_store(session: SessionStore) -> None:
    session.set_expiry(10)
    session.save()
    assert SessionStore(session.session_key).get_expiry_age() == 10
    session.cycle_key()
    assert SessionStore(session.session_key).get_expiry_age() == 10


@pytest.mark.parametrize("value", [-10, -TEN])
def test_an_expiry_in_the_past_ends_it(session: SessionStore, value: Any) -> None:
    session["foo"] = "bar"
    session.set_expiry(value)
    session.save()
    assert "foo" not in SessionStore(session.session_key)


def test_seconds_count_from_the_last_use(session: SessionStore, moment: Moment) -> None:
    session.set_expiry(10)
    session.save()
    moment.pass_by(timedelta(seconds=9))
    session["x"] = 1
    session.save()
    moment.pass_by(timedelta(seconds=9))
    assert SessionStore(session.session_key)["x"] == 1


@pytest.mark.parametrize(
    ("setting", "own", "expected"),
    [
        (False, None, False),
        (False, 0, True),
        (False, 10, False),
        (True, None, True),
        (True, 0, True),
        (True, 10, False),
    ],
)
def test_whether_it_ends_with_the_browser(project: Any, setting: bool, own: int | None, expected: bool) -> None:
    project.SESSION_EXPIRE_AT_BROWSER_CLOSE = setting
    session = SessionStore()
    session.set_expiry(own)
    assert session.get_expire_at_browser_close() is expected


# -- the settings ---------------------------------------------------------------------------


def test_a_config_of_ones_own_wins(project: Any) -> None:
    project.SESSION_COOKIE_NAME = "django"
    assert session_config().cookie_name == "django"
    project.PARSE_SESSION_CONFIG = lambda: SessionConfig(expiry=Expiry.on_inactivity(TEN))
    assert session_config().cookie_name == "id"
    assert SessionStore().get_session_cookie_age() == 10


def make_store() -> MemoryStore:
    return MemoryStore()


@pytest.mark.parametrize("value", [MemoryStore(), MemoryStore, "parse_orm.web.MemoryStore", make_store])
def test_a_store_is_an_instance_a_callable_or_a_path(project: Any, value: Any) -> None:
    project.PARSE_SESSION_STORE = value
    assert isinstance(session_store(), MemoryStore)
    assert session_store() is session_store()


@pytest.mark.parametrize(
    ("name", "value", "ask"),
    [("PARSE_SESSION_STORE", {}, session_store), ("PARSE_SESSION_CONFIG", "datetime.timedelta", session_config)],
)
def test_a_setting_that_is_something_else_is_refused_by_name(project: Any, name: str, value: Any, ask: Any) -> None:
    setattr(project, name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        ask()


# -- the async twins ---------------------------------------------------------------------------


def run(coroutine: Any) -> Any:
    import asyncio

    return asyncio.run(coroutine)


def test_every_operation_has_its_async_twin(moment: Moment) -> None:
    async def walk() -> None:
        session = SessionStore()
        assert await session.aget("x", 5) == 5
        await session.aset("x", 1)
        await session.aupdate({"y": 2})
        assert await session.asetdefault("z", 3) == 3
        assert await session.apop("z") == 3
        assert await session.apop("z", None) is None
        with pytest.raises(KeyError):
            await session.apop("z")
        assert await session.ahas_key("x")
        assert list(await session.akeys()) == ["x", "y"]
        assert list(await session.avalues()) == [1, 2]
        assert list(await session.aitems()) == [("x", 1), ("y", 2)]
        await session.asave()
        key = session.session_key
        assert await session.aexists(key)
        again = SessionStore(key)
        assert await again.aload() == {"x": 1, "y": 2}
        assert await SessionStore(key).aget("x") == 1
        await again.acycle_key()
        assert not await again.aexists(key)
        await again.aset_expiry(10)
        assert await again.aget_expiry_age() == 10
        assert await again.aget_expiry_date() == moment() + TEN
        assert not await again.aget_expire_at_browser_close()
        await again.aset_test_cookie()
        assert await again.atest_cookie_worked()
        await again.adelete_test_cookie()
        fresh = SessionStore()
        await fresh.acreate()
        assert await fresh.aexists(fresh.session_key)
        await fresh.adelete()
        assert not await fresh.aexists(fresh.session_key)
        await again.aflush()
        assert again.session_key is None
        await SessionStore.aclear_expired()

    run(walk())


def test_an_async_save_of_a_session_that_ended_is_refused(session: SessionStore) -> None:
    async def walk() -> None:
        await session.aset("a", 1)
        await session.asave()
        await SessionStore(session.session_key).adelete()
        await session.aset("a", 2)
        with pytest.raises(UpdateError):
            await session.asave()

    run(walk())
