"""Callbacks and validations run in their full order, exactly once, for one object as for a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import parse_orm as orm

seen: list[str] = []


class Diary(orm.ParseObject):
    title = orm.property(str, required=True)

    @orm.before_validation
    def first(self) -> None:
        seen.append("before_validation")

    @orm.validates("title")
    def check(self, title: str) -> str | None:
        seen.append("validates")
        return "is too long" if len(title) > 20 else None

    @orm.after_validation
    def second(self) -> None:
        seen.append("after_validation")

    @orm.before_save
    def third(self) -> Any:
        seen.append("before_save")
        return self.title != "stop"

    @orm.around_save
    def outer(self) -> Iterator[None]:
        seen.append("around_save in")
        try:
            yield
        except Exception as error:
            seen.append(f"around_save sees {type(error).__name__}")
            raise
        seen.append("around_save out")

    @orm.before_create
    def fourth(self) -> None:
        seen.append("before_create")

    @orm.around_create
    def inner(self) -> Iterator[None]:
        seen.append("around_create in")
        yield
        seen.append("around_create out")

    @orm.after_create
    def fifth(self) -> None:
        seen.append("after_create")

    @orm.before_update
    def sixth(self) -> None:
        seen.append("before_update")

    @orm.after_update
    def seventh(self) -> None:
        seen.append("after_update")

    @orm.after_save
    def last(self) -> None:
        seen.append(f"after_save {self.id}")

    @orm.before_destroy
    def eighth(self) -> None:
        seen.append("before_destroy")

    @orm.after_destroy
    def ninth(self) -> None:
        seen.append("after_destroy")


CREATE = [
    "before_validation", "validates", "after_validation", "before_save", "around_save in", "before_create",
    "around_create in", "around_create out", "after_create", "around_save out", "after_save id00000001",
]  # fmt: skip
UPDATE = [
    "before_validation", "validates", "after_validation", "before_save", "around_save in", "before_update",
    "after_update", "around_save out", "after_save id00000001",
]  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_seen() -> None:
    seen.clear()


def one(record: Any) -> None:
    record.save()


def many(record: Any) -> None:
    orm.save_all([record])


def all_or_none(record: Any) -> None:
    with orm.transaction() as tx:
        tx.save(record)


WAYS = pytest.mark.parametrize("save", [one, many, all_or_none])


@WAYS
def test_a_create_runs_every_callback_once(wire: Any, save: Callable[[Any], None]) -> None:
    save(Diary(title="Monday"))
    assert seen == CREATE


@WAYS
def test_an_update_runs_those_of_an_update(wire: Any, save: Callable[[Any], None]) -> None:
    diary = Diary.create(title="Monday")
    seen.clear()
    diary.title = "Tuesday"
    save(diary)
    assert seen == UPDATE


@WAYS
def test_an_around_callback_sees_what_went_wrong(wire: Any, refusal: Any, save: Callable[[Any], None]) -> None:
    wire.refuse = lambda method, path, body: refusal(142, "no")
    with pytest.raises(orm.ParseOrmError):
        save(Diary(title="Monday"))
    assert seen[-1] == "around_save sees ValidationFailed"
    assert not any(name.startswith("after_") for name in seen if name != "after_validation")


@WAYS
def test_a_before_callback_that_returns_false_stops_it_before_any_request(
    wire: Any, save: Callable[[Any], None]
) -> None:
    diary = Diary(title="stop")
    with pytest.raises((orm.RecordNotSaved, orm.BatchError), match=r"Diary\.third stopped the save"):
        save(diary)
    assert wire.sent == []
    assert diary.is_new


@WAYS
def test_an_invalid_object_is_not_sent(wire: Any, save: Callable[[Any], None]) -> None:
    diary = Diary(title="x" * 21)
    with pytest.raises((orm.RecordInvalid, orm.BatchError), match="title is too long"):
        save(diary)
    assert wire.sent == []
    assert "after_validation" not in seen


def test_callbacks_and_validations_can_be_left_out(wire: Any) -> None:
    Diary(title="x" * 21).save(callbacks=False, validate=False)
    orm.save_all([Diary(title="x" * 21)], callbacks=False, validate=False)
    with orm.transaction(callbacks=False, validate=False) as tx:
        tx.save(Diary(title="x" * 21))
    assert seen == []
    assert len(wire.sent) == 3


def test_destroying_runs_its_callbacks_in_a_batch_too(wire: Any) -> None:
    first, second = (Diary.create(title=title) for title in ("a", "b"))
    seen.clear()
    first.destroy()
    orm.destroy_all([second])
    assert seen == ["before_destroy", "after_destroy"] * 2


def test_one_callback_that_fails_keeps_no_other_object_from_being_saved(wire: Any) -> None:
    good, bad = Diary(title="Monday"), Diary(title="stop")
    result = orm.save_all([bad, good], raise_on_error=False)
    assert result.saved == [good]
    assert [(failed, type(error)) for failed, error in result.failed] == [(bad, orm.RecordNotSaved)]


def test_a_callback_that_changes_the_object_is_heard(wire: Any) -> None:
    class Note(orm.ParseObject):
        text = orm.property(str)

        @orm.before_save
        def tidy(self) -> None:
            self.text = (self.text or "").strip()

    orm.save_all([Note(text="  hi ")])
    assert wire.sent[0][2]["requests"][0]["body"] == {"text": "hi"}


def test_a_validation_may_hold_for_creates_or_updates_alone(wire: Any) -> None:
    class Badge(orm.ParseObject):
        code = orm.property(str)

        @orm.validates("code", on="create")
        def begins_short(self, code: str | None) -> str | None:
            return "is too long to begin with" if code and len(code) > 3 else None

        @orm.validates("code", on="update")
        @orm.validates("id", on="create")
        def never_x(self, code: str | None) -> bool:
            return code != "x"

    badge = Badge(code="x").save()
    badge.code = "xxxx"
    badge.save()
    badge.code = "x"
    assert not badge.is_valid()
    assert not Badge(code="xxxx").is_valid()
    with pytest.raises(orm.DeclarationError, match="on 'destroy'"):
        orm.validates("code", on="destroy")  # type: ignore[arg-type]


def test_a_transaction_runs_the_callbacks_of_a_destroy(wire: Any) -> None:
    diary = Diary.create(title="a")
    seen.clear()
    with orm.transaction() as tx:
        tx.destroy(diary)
        assert seen == []
    assert seen == ["before_destroy", "after_destroy"]


def test_what_an_after_callback_raises_comes_out_when_the_rest_is_done(wire: Any) -> None:
    class Bell(orm.ParseObject):
        name = orm.property(str)

        @orm.after_save
        def ring(self) -> None:
            if self.name == "cracked":
                raise ValueError("cracked")

    cracked, whole = Bell(name="cracked"), Bell(name="whole")
    tx = orm.transaction()

    def block() -> None:
        with tx:
            tx.save(cracked)
            tx.save(whole)

    with pytest.raises(ValueError, match="cracked"):
        block()
    assert tx.committed
    assert cracked.id
    assert whole.id
