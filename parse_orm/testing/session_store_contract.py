"""What every session store must do, as tests that anybody may run over a store of their own.

class TestMyStore(SessionStoreContract):
    @pytest.fixture
    def store(self, moment):
        return MyStore(clock=moment)
"""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ..web.errors import NotSupported, SessionEncodeError, SessionGone
from ..web.record import SessionRecord
from ..web.session import WebSession
from ..web.store import SessionStore
from ..web.tokens import hash_secret, new_id, new_secret

HOUR = timedelta(hours=1)


class Moment:
    """A clock that tests move; it starts at the present, for stores that have a clock of their own behind them."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, period: timedelta) -> None:
        """Let time pass."""
        self.now += period


class SessionStoreContract:
    """The conformance suite of session stores (requirement R36).

    Override `store`. A store that cannot list or delete by user overrides `knows_users` with False, one that moves no
    clock of its own (Redis) `moves_clock`, and one that picks its ids itself `picks_ids` with True.
    """

    knows_users = True
    moves_clock = True
    picks_ids = False

    @pytest.fixture
    def moment(self) -> Moment:
        """The clock for the store."""
        return Moment()

    @pytest.fixture
    def store(self, moment: Moment) -> Any:
        """The store under test; must be overridden, with `clock=moment`."""
        raise NotImplementedError("override the fixture `store`")

    def damage(self, store: Any, id: str) -> bool:
        """Spoil the stored data of a session; False when there is no way to do that."""
        return False

    # -- one record ------------------------------------------------------------------------

    def test_a_created_record_is_read_back(self, store: Any, moment: Moment) -> None:
        record = _record(moment, user_id="u1", data={"cart": [1, 2.5, None, True, {"ü": "\u0000 \U0001f600"}]})
        record = replace(record, ip_address="192.0.2.1", device_name="Chrome on macOS", fingerprint="f" * 64)
        store.create(record)
        found = store.read(record.id)
        for name in ("id", "user_id", "data", "token_hash", "ip_address", "device_name", "fingerprint"):
            assert getattr(found, name) == getattr(record, name), name
        for name in ("created_at", "last_active_at", "expires_at"):
            assert abs(getattr(found, name) - getattr(record, name)) < timedelta(milliseconds=1), name

    def test_an_unknown_id_is_none(self, store: Any) -> None:
        assert store.read(new_id()) is None
        assert store.read("x" * 64) is None

    @pytest.mark.parametrize("id", ["of-user:u1", "id:x", "", " ", ".", "../x", "x" * 65, "\u00e4", "a\nb", "*"])
    def test_an_id_that_no_session_can_have_is_absent(self, store: Any, moment: Moment, id: str) -> None:
        """Ids come from URLs, so none may reach what else a store keeps."""
        record = _created(store, moment, user_id="u1")
        assert store.read(id) is None
        assert store.touch(id, moment.now, moment.now + HOUR) is False
        assert store.destroy(id) is False
        assert store.read(record.id) is not None

    def test_what_read_gives_belongs_to_the_reader(self, store: Any, moment: Moment) -> None:
        record = _created(store, moment, data={"list": [1]})
        store.read(record.id).data["list"].append(2)
        assert store.read(record.id).data == {"list": [1]}

    def test_what_create_took_belongs_to_the_store(self, store: Any, moment: Moment) -> None:
        record = _created(store, moment, data={"list": [1]})
        record.data["list"].append(2)
        assert store.read(record.id).data == {"list": [1]}

    @pytest.mark.parametrize(
        "key", ["a.b", "$where", "", " ", "__type", "__proto__", "a constructor", "ä", "%41", "a" * 200, "0"]
    )
    def test_any_text_is_a_key(self, store: Any, moment: Moment, key: str) -> None:
        record = _created(store, moment, data={key: {key: 1}})
        assert store.read(record.id).data == {key: {key: 1}}
        _write(store, record, {key: 2}, changed={key})
        assert store.read(record.id).data == {key: 2}
        _write(store, record, {}, removed={key})
        assert store.read(record.id).data == {}

    @pytest.mark.parametrize("value", [2**70, -1.5e-300, "", "\u0000", {"__type": "Date"}, {"a.b": {"$x": []}}, [], {}])
    def test_any_json_is_a_value(self, store: Any, moment: Moment, value: Any) -> None:
        record = _created(store, moment, data={"v": value})
        assert store.read(record.id).data == {"v": value}

    def test_what_json_cannot_hold_is_refused_and_nothing_is_stored(self, store: Any, moment: Moment) -> None:
        record = _created(store, moment, data={"v": 1})
        circle: list[Any] = []
        circle.append(circle)
        for value in (object(), float("nan"), {1, 2}, b"x", circle, json.loads("[" * 500 + "]" * 500)):
            with pytest.raises(SessionEncodeError):
                _write(store, record, {"v": value}, changed={"v"})
        assert store.read(record.id).data == {"v": 1}

    def test_no_secret_is_shown(self, store: Any, moment: Moment) -> None:
        secret = new_secret()
        record = _record(moment, data={"password": "hunter2"})
        record.token_hash = hash_secret(secret)
        store.create(record)
        found = store.read(record.id)
        shown = f"{found!r} {found} {store!r} {json.dumps(found.to_public_dict())}"
        assert secret not in shown
        assert record.token_hash not in shown
        assert "hunter2" not in shown

    # -- ids -------------------------------------------------------------------------------

    def test_an_id_that_is_taken_is_replaced_by_another(self, store: Any, moment: Moment) -> None:
        """R24."""
        first = _created(store, moment, data={"whose": "first"})
        second = _record(moment, data={"whose": "second"})
        second.id = first.id
        store.create(second)
        assert second.id != first.id
        assert store.read(first.id).data == {"whose": "first"}
        assert store.read(second.id).data == {"whose": "second"}

    def test_add_refuses_an_id_that_is_taken(self, store: Any, moment: Moment) -> None:
        record = _created(store, moment)
        try:
            assert store.add(replace(record)) is False
            assert store.add(_record(moment)) is True
        except NotSupported:
            assert self.picks_ids or type(store).add is SessionStore.add

    # -- writing ---------------------------------------------------------------------------

    def test_writes_of_different_keys_merge(self, store: Any, moment: Moment) -> None:
        """R21."""
        record = _created(store, moment, data={"a": 0, "b": 0, "c": 0})
        _write(store, record, {"a": 1, "b": 0, "c": 0}, changed={"a"})
        _write(store, record, {"a": 0, "b": 2}, changed={"b"}, removed={"c"})
        assert store.read(record.id).data == {"a": 1, "b": 2}

    def test_many_writers_of_different_keys_lose_none(self, store: Any, moment: Moment) -> None:
        """R21."""
        record = _created(store, moment)
        keys = [f"k{n}" for n in range(16)]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda key: _write(store, record, {key: 1}, changed={key}), keys))
        assert store.read(record.id).data == dict.fromkeys(keys, 1)

    def test_a_write_of_everything_replaces_everything(self, store: Any, moment: Moment) -> None:
        record = _created(store, moment, data={"a": 1, "b": 2})
        store.write(replace(record, data={"c": 3}), must_exist=True)
        assert store.read(record.id).data == {"c": 3}

    def test_a_write_of_data_leaves_the_secret_alone(self, store: Any, moment: Moment) -> None:
        """A request that saves while another one rotates must not bring the old secret back."""
        record = _created(store, moment)
        rotated = replace(record, token_hash=hash_secret(new_secret()), changed=(), removed=(), columns=("token_hash",))
        store.write(rotated, must_exist=True)
        _write(store, record, {"a": 1}, changed={"a"})
        found = store.read(record.id)
        assert (found.token_hash, found.data) == (rotated.token_hash, {"a": 1})

    def test_a_write_does_not_bring_a_deleted_session_back(self, store: Any, moment: Moment) -> None:
        """R22."""
        record = _created(store, moment)
        store.destroy(record.id)
        with pytest.raises(SessionGone):
            _write(store, record, {"a": 1}, changed={"a"})
        assert store.read(record.id) is None

    # -- touching --------------------------------------------------------------------------

    def test_touch_moves_the_dates_alone(self, store: Any, moment: Moment) -> None:
        record = _created(store, moment, data={"a": 1})
        later = moment.now + HOUR / 2
        assert store.touch(record.id, later, later + HOUR) is True
        found = store.read(record.id)
        assert (found.last_active_at, found.expires_at, found.data) == (later, later + HOUR, {"a": 1})
        assert found.created_at == record.created_at

    def test_touch_does_not_bring_a_deleted_session_back(self, store: Any, moment: Moment) -> None:
        """R22."""
        record = _created(store, moment)
        store.destroy(record.id)
        assert store.touch(record.id, moment.now, moment.now + HOUR) is False
        assert store.read(record.id) is None

    # -- ending ----------------------------------------------------------------------------

    def test_destroy_tells_whether_there_was_one(self, store: Any, moment: Moment) -> None:
        record = _created(store, moment)
        assert store.destroy(record.id) is True
        assert store.destroy(record.id) is False
        assert store.read(record.id) is None

    def test_rekey_moves_a_session(self, store: Any, moment: Moment) -> None:
        """R8."""
        old = _created(store, moment, user_id="u1", data={"a": 1})
        moved = replace(old, id=new_id(), token_hash=hash_secret(new_secret()))
        store.rekey(old.id, moved)
        assert store.read(old.id) is None
        assert store.read(moved.id).data == {"a": 1}

    def test_rekey_of_a_deleted_session_makes_none(self, store: Any, moment: Moment) -> None:
        """R22."""
        old = _created(store, moment)
        store.destroy(old.id)
        moved = replace(old, id=new_id())
        with pytest.raises(SessionGone):
            store.rekey(old.id, moved)
        assert store.read(moved.id) is None

    # -- time ------------------------------------------------------------------------------

    def test_an_expired_session_is_not_read(self, store: Any, moment: Moment) -> None:
        """R11."""
        record = _created(store, moment)
        moment.pass_by(HOUR + timedelta(seconds=1))
        assert store.read(record.id) is None

    def test_gc_removes_the_expired_alone_and_counts_them(self, store: Any, moment: Moment) -> None:
        """R39."""
        expired = [_created(store, moment, user_id="u1") for _ in range(3)]
        moment.pass_by(HOUR / 2)
        live = _created(store, moment, user_id="u1")
        moment.pass_by(HOUR * 3 / 4)
        assert store.gc() == (3 if self.moves_clock else 0)
        assert store.gc() == 0
        assert [store.read(record.id) for record in expired] == [None] * 3
        assert store.read(live.id) is not None

    def test_gc_may_run_twice_at_a_time(self, store: Any, moment: Moment) -> None:
        """R39."""
        for _ in range(8):
            _created(store, moment)
        moment.pass_by(HOUR * 2)
        with ThreadPoolExecutor(2) as pool:
            removed = sum(pool.map(lambda _: store.gc(), range(2)))
        assert removed == (8 if self.moves_clock else 0)

    # -- users -----------------------------------------------------------------------------

    def test_destroy_for_user_ends_the_sessions_of_one_user(self, store: Any, moment: Moment) -> None:
        with self._users(store, lambda: store.destroy_for_user("u1")):
            kept, gone = (_created(store, moment, user_id="u1") for _ in range(2))
            other = _created(store, moment, user_id="u2")
            assert store.destroy_for_user("u1", kept.id) == 1
            assert store.read(gone.id) is None
            assert store.destroy_for_user("u1") == 1
            assert store.destroy_for_user("u1") == 0
            assert store.read(kept.id) is None
            assert store.read(other.id) is not None

    def test_list_for_user_gives_the_live_sessions_of_one_user(self, store: Any, moment: Moment) -> None:
        with self._users(store, lambda: store.list_for_user("u1")):
            _created(store, moment, user_id="u1")
            moment.pass_by(HOUR * 2)
            mine = {_created(store, moment, user_id="u1").id for _ in range(3)}
            _created(store, moment, user_id="u2")
            _created(store, moment)
            assert {record.id for record in store.list_for_user("u1")} == mine

    def test_destroy_all_ends_every_session(self, store: Any, moment: Moment) -> None:
        """R31."""
        with self._users(store, store.destroy_all):
            ids = [_created(store, moment, user_id=user).id for user in ("u1", "u2", None)]
            assert store.destroy_all() == 3
            assert [store.read(id) for id in ids] == [None] * 3

    # -- damage ------------------------------------------------------------------------------

    def test_a_damaged_row_is_absent_and_stays_as_it_is(self, store: Any, moment: Moment) -> None:
        """R38: a session that is opened by its id starts anew, under another id."""
        record = _created(store, moment, data={"a": 1})
        if not self.damage(store, record.id):
            return
        assert store.read(record.id) is None
        session = WebSession(record.id, store)
        session["a"] = 2
        session.save()
        assert session.id != record.id
        assert store.read(record.id) is None

    def test_readers_during_deletes_see_all_or_nothing(self, store: Any, moment: Moment) -> None:
        record = _created(store, moment, data={"a": 1, "b": 2})
        seen: list[Any] = []
        reader = threading.Thread(target=lambda: seen.extend(store.read(record.id) for _ in range(20)))
        reader.start()
        store.destroy(record.id)
        reader.join()
        assert all(found is None or found.data == {"a": 1, "b": 2} for found in seen)

    @contextmanager
    def _users(self, store: Any, call: Callable[[], Any]) -> Iterator[None]:
        """R37: a store either knows users or says that it does not, and never answers 0 instead."""
        if self.knows_users:
            yield
            return
        with pytest.raises(NotSupported):
            call()
        with pytest.raises(NotSupported):
            yield


def _record(moment: Moment, **values: Any) -> SessionRecord:
    now = moment.now
    fields = {"token_hash": hash_secret(new_secret()), **values}
    return SessionRecord(new_id(), created_at=now, last_active_at=now, expires_at=now + HOUR, **fields)


def _created(store: Any, moment: Moment, **values: Any) -> SessionRecord:
    record = _record(moment, **values)
    store.create(record)
    return record


def _write(store: Any, record: SessionRecord, data: dict[str, Any], *, changed: Any = (), removed: Any = ()) -> None:
    part = replace(record, data=data, changed=changed, removed=removed, columns=("last_active_at",))
    store.write(part, must_exist=True)
