"""Rows that are known in part: nothing unknown is taken for a null, and nothing known is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

import parse_orm as orm

NOW = "2026-01-02T03:04:05.678Z"
LATER = "2026-01-02T03:04:06.000Z"
ID, OTHER, THIRD = "aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc"


class Writer(orm.ParseObject):
    name = orm.property(str)


class Book(orm.ParseObject):
    title = orm.property(str)
    pages = orm.property(int)
    writer = orm.belongs_to(Writer, required=True)
    readers = orm.has_many(Writer, through="array")
    marks = orm.array(str)


def pointer(id: str) -> dict[str, str]:
    return {"__type": "Pointer", "className": "Writer", "objectId": id}


def row(id: str, name: str) -> dict[str, str]:
    return {**pointer(id), "__type": "Object", "name": name}


@pytest.fixture
def stored(wire: Any) -> dict[str, Any]:
    """What the server answers about the book."""
    stored: dict[str, Any] = {
        "objectId": ID,
        "createdAt": NOW,
        "updatedAt": NOW,
        "title": "T",
        "writer": pointer(OTHER),
    }

    def answer(method: str, path: str, body: Any) -> Any:
        if body.get("_method") != "GET":
            return None
        if path == f"/classes/Writer/{OTHER}":
            return {"objectId": OTHER, "name": "fetched"}
        return dict(stored) if path.endswith(ID) else {"results": [dict(stored)] if "$gt" not in str(body) else []}

    wire.refuse = answer
    return stored


def included(**columns: Any) -> Book:
    book = Book.include("writer", "readers").first()
    assert book is not None
    return book


def test_an_included_pointer_to_a_hidden_row_is_not_written_back(wire: Any, stored: Any) -> None:
    del stored["writer"]
    book = included()
    assert book.writer is None
    book.title = "new"
    wire.clear()
    book.save()
    assert wire.sent[0][2] == {"title": "new"}


def test_a_pointer_is_removed_when_that_is_what_was_asked(wire: Any, stored: Any) -> None:
    del stored["writer"]
    book = included()
    book.writer = None
    wire.clear()
    book.save(validate=False)
    assert wire.sent[0][2] == {"writer": {"__op": "Delete"}}


def test_appending_to_an_included_list_sends_only_what_was_appended(wire: Any, stored: Any) -> None:
    stored["readers"] = [row(OTHER, "a")]
    book = included()
    book.readers.append(Writer.pointer(THIRD))
    wire.clear()
    book.save()
    assert wire.sent[0][2] == {"readers": {"__op": "Add", "objects": [pointer(THIRD)]}}
    assert book.changed == []


def test_taking_out_of_an_included_list_sends_only_what_was_taken(wire: Any, stored: Any) -> None:
    stored["readers"] = [row(OTHER, "a"), row(THIRD, "b")]
    book = included()
    book.readers.pop()
    wire.clear()
    book.save()
    assert wire.sent[0][2] == {"readers": {"__op": "Remove", "objects": [pointer(THIRD)]}}


def test_an_included_list_is_not_written_as_a_whole_unless_it_was_assigned(wire: Any, stored: Any) -> None:
    stored["readers"] = [row(OTHER, "a"), row(THIRD, "b")]
    book = included()
    book.readers.reverse()
    wire.clear()
    with pytest.raises(orm.NotLoaded, match="deleted and hidden rows are missing"):
        book.save()
    assert wire.sent == []
    book.readers = [Writer.pointer(THIRD)]
    book.save()
    assert wire.sent[0][2] == {"readers": [pointer(THIRD)]}


def test_a_refetch_keeps_the_included_child_and_what_was_changed_in_it(stored: Any) -> None:
    stored["writer"] = row(OTHER, "included")
    book = included()
    child = book.writer
    assert child is not None
    child.name = "changed"
    stored["writer"] = pointer(OTHER)
    book.fetch()
    assert book.writer is child
    stored["writer"] = pointer(THIRD)
    book.reload()
    assert book.writer is not None
    assert book.writer.id == THIRD


def test_a_refetch_keeps_the_included_rows_of_a_list(wire: Any, stored: Any) -> None:
    stored["readers"] = [row(OTHER, "a"), row(THIRD, "b")]
    book = included()
    stored["readers"] = [pointer(THIRD), pointer(OTHER), pointer("dddddddddd")]
    book.fetch()
    wire.clear()
    with orm.strict_loading():
        assert [reader.name for reader in book.readers[:2]] == ["b", "a"]
    assert wire.sent == []
    assert book.changed == []


def test_fetching_some_columns_keeps_the_others_and_the_changes(wire: Any, stored: Any) -> None:
    book = Book.pointer(ID)
    book.pages = 3
    book.fetch(keys=["title"])
    assert (book.title, book.pages, book.changed) == ("T", 3, ["pages"])
    assert not book.is_complete
    wire.clear()
    assert book.marks == []
    assert len(wire.sent) == 1
    assert book.is_complete


def test_a_column_that_was_left_out_is_fetched_once(wire: Any, stored: Any) -> None:
    (book,) = Book.exclude_keys("pages").all()
    wire.clear()
    assert (book.pages, book.pages) == (None, None)
    assert len(wire.sent) == 1


def test_strict_loading_refuses_instead(stored: Any) -> None:
    book = Book.keys("title").strict_loading().first()
    assert book is not None
    assert book.title == "T"
    with pytest.raises(orm.NotLoaded, match=r"Book\.pages"):
        book.pages  # noqa: B018


def test_rollback_goes_back_to_the_row_as_it_came(stored: Any) -> None:
    book = Book.get(ID)
    book.title, book.pages = "other", 5
    book.marks.append("x")
    book.rollback()
    assert (book.title, book.pages, book.marks, book.changed) == ("T", None, [], [])


def test_previous_changes_tell_what_the_last_save_sent(stored: Any) -> None:
    book = Book.get(ID)
    book.title = "new"
    book.save()
    assert book.previous_changes == {"title": ("T", "new")}


def test_a_stale_object_is_not_saved(wire: Any, stored: Any) -> None:
    book = Book.get(ID)
    book.title = "mine"
    stored["updatedAt"] = LATER
    wire.clear()
    with pytest.raises(orm.StaleObject, match=r"Book aaaaaaaaaa was saved at 2026-01-02T03:04:06\.000Z") as caught:
        book.save(if_unchanged=True)
    assert caught.value.object is book
    assert [method for method, _, _ in wire.sent] == ["POST"]
    assert book.changed == ["title"]
    book.fetch()
    book.save(if_unchanged=True)
    assert wire.sent[-1][0] == "PUT"


def test_only_a_loaded_row_can_be_compared(wire: Any, stored: Any) -> None:
    book = Book.pointer(ID)
    book.title = "x"
    with pytest.raises(orm.NotLoaded, match="never loaded"):
        book.save(if_unchanged=True)
    assert Book(title="new", writer=OTHER).save(if_unchanged=True).id


def test_changes_can_be_asked_for_before_references_are_saved() -> None:
    writer = Writer(name="new")
    book = Book(title="x", writer=writer)
    assert sorted(book.changed) == ["title", "writer"]
    assert book.changes["writer"] == (None, writer)


class Voyage(orm.ParseObject):
    ends = orm.property(datetime)
    place = orm.property(orm.GeoPoint)


def test_what_was_read_before_a_save_is_not_kept_over_what_the_server_says(wire: Any) -> None:
    """A date is kept once it is decoded; the answer to a save brings another one."""
    told = {
        "updatedAt": LATER,
        "ends": {"__type": "Date", "iso": LATER},
        "place": {"__type": "GeoPoint", "latitude": 2, "longitude": 2},
    }
    wire.refuse = lambda method, path, body: told if method == "PUT" else None
    voyage = Voyage(ends=datetime(2026, 1, 1, tzinfo=UTC), place=orm.GeoPoint(1, 1)).save()
    before = (voyage.updated_at, voyage.ends, voyage.place)

    voyage.update(ends=datetime(2026, 1, 3, tzinfo=UTC))

    later = datetime.fromisoformat(LATER)
    assert (voyage.updated_at, voyage.ends, voyage.place) == (later, later, orm.GeoPoint(2, 2))
    assert before[0] != voyage.updated_at
