"""Callbacks run in a fixed order around the request, and may stop it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import parse_orm as orm
from tests.unit.model.one_object.conftest import Yes

pytestmark = pytest.mark.usefixtures("server")

SAID: list[str] = []


@pytest.fixture(autouse=True)
def silence() -> None:
    SAID.clear()


class CallSong(orm.ParseObject):
    title = orm.property(str)

    @orm.before_validation
    def b_validation(self) -> None:
        SAID.append("before validation")

    @orm.after_validation
    def a_validation(self) -> None:
        SAID.append("after validation")

    @orm.around_save
    def ar_save(self) -> Iterator[None]:
        SAID.append("save begins")
        yield
        SAID.append("save ends")

    @orm.before_save
    def b_save(self) -> None:
        SAID.append("before save")
        self.title = (self.title or "").strip()

    @orm.before_create
    def b_create(self) -> None:
        SAID.append("before create")

    @orm.after_create
    def a_create(self) -> None:
        SAID.append(f"after create of {self.id}")

    @orm.before_update
    def b_update(self) -> None:
        SAID.append("before update")

    @orm.after_update
    def a_update(self) -> None:
        SAID.append("after update")

    @orm.after_save
    def a_save(self) -> None:
        SAID.append("after save")

    @orm.before_destroy
    def b_destroy(self) -> None:
        SAID.append("before destroy")

    @orm.after_destroy
    def a_destroy(self) -> None:
        SAID.append("after destroy")


def test_a_create_an_update_and_a_destroy_each_call_their_own(server: Yes) -> None:
    song = CallSong(title=" Hey ")
    song.save()
    assert SAID == [
        "before validation",
        "after validation",
        "before save",
        "save begins",
        "before create",
        "after create of id1",
        "save ends",
        "after save",
    ]
    SAID.clear()
    song.update(title="Jude")
    assert SAID[2:] == ["before save", "save begins", "before update", "after update", "save ends", "after save"]
    SAID.clear()
    song.destroy()
    assert SAID == ["before destroy", "after destroy"]


def test_what_a_callback_sets_is_sent(server: Yes) -> None:
    CallSong(title=" Hey ").save()

    assert server.bodies == [{"title": "Hey"}]


def test_callbacks_may_be_left_out(server: Yes) -> None:
    CallSong(title=" Hey ").save(callbacks=False)

    assert SAID == []
    assert server.bodies == [{"title": " Hey "}]


@pytest.mark.parametrize("way", ["false", "halt", "around"])
def test_a_callback_stops_the_save_before_the_request(way: str, server: Yes) -> None:
    class CallStopped(orm.ParseObject):
        title = orm.property(str)

        @orm.before_create
        def stop(self) -> bool | None:
            if way == "halt":
                raise orm.Halt("not today")
            return way != "false"

        @orm.around_save
        def stop_around(self) -> Iterator[None]:
            if way != "around":
                yield

    song = CallStopped(title="x")

    with pytest.raises(orm.RecordNotSaved, match=r"CallStopped.stop\w* stopped the (create|save)") as caught:
        song.save()

    assert caught.value.object is song
    assert ("not today" in str(caught.value)) is (way == "halt")
    assert server.lines == []
    assert song.is_new
    assert song.changed == ["title"]


def test_a_destroy_can_be_stopped(server: Yes) -> None:
    class CallKept(orm.ParseObject):
        @orm.before_destroy
        def keep(self) -> bool:
            return False

    kept = CallKept.pointer("a")

    with pytest.raises(orm.RecordNotSaved, match="keep stopped the destroy"):
        kept.destroy()
    assert server.lines == []
    assert kept.destroy(callbacks=False) is True


def test_an_around_callback_sees_the_failure_and_must_yield_once(server: Yes) -> None:
    class CallAround(orm.ParseObject):
        times = 2

        @orm.around_save
        def twice(self) -> Iterator[None]:
            try:
                for _ in range(self.times):
                    yield
            finally:
                SAID.append("cleaned up")

        @orm.after_create
        def fail(self) -> None:
            if self.times == 1:
                raise KeyError("boom")

    with pytest.raises(RuntimeError, match="yielded twice"):
        CallAround().save()
    CallAround.times = 1
    with pytest.raises(KeyError):
        CallAround().save()
    assert SAID == ["cleaned up", "cleaned up"]


def test_callbacks_are_inherited_the_base_s_first(server: Yes) -> None:
    class CallChild(CallSong, class_name="CallSong"):
        @orm.before_save
        def mine(self) -> None:
            SAID.append("mine")

        def b_create(self) -> None:
            SAID.append("another before create")

    made: Any = CallChild(title="x").save()

    assert made.id == "id1"
    assert SAID[2:6] == ["before save", "mine", "save begins", "another before create"]
