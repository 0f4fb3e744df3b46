"""Sums, averages, extremes, distinct values and groups: what Python says about the same rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

import pytest

import parse_orm as orm


class Mood(Enum):
    GLAD = "glad"
    SAD = "sad"


class Shelf(orm.ParseObject):
    name = orm.property(str)


class Book(orm.ParseObject):
    title = orm.property(str)
    pages = orm.property(int)
    mood = orm.property(Mood)
    lent = orm.property(bool)
    tags = orm.array(str)
    printed = orm.property(datetime)
    shelf = orm.belongs_to(Shelf)


START = datetime(2024, 1, 31, 23, 30, tzinfo=UTC)


@pytest.fixture
def books(parse_client: orm.Client) -> list[Book]:
    shelves = [Shelf.create(name="a"), Shelf.create(name="b")]
    made = [
        Book(
            title=f"t{n % 3}",
            pages=n * 10 if n % 4 else None,
            mood=[Mood.GLAD, Mood.SAD, None][n % 3],
            lent=n % 2 == 0,
            **({"tags": ["x", "y"][: n % 3]} if n % 3 else {}),
            printed=START + timedelta(days=20 * n) if n % 5 else None,
            shelf=shelves[n % 2],
        )
        for n in range(1, 11)
    ]
    orm.save_all(made)
    return made


@pytest.fixture(params=["the whole class", "a part of it"])
def asked(request: Any, books: list[Book]) -> tuple[orm.Query[Book], list[Book]]:
    if request.param == "the whole class":
        return Book.query(), books
    return Book.where(Book.title != "t1"), [book for book in books if book.title != "t1"]


def test_numbers(asked: tuple[orm.Query[Book], list[Book]]) -> None:
    query, books = asked
    pages = [book.pages for book in books if book.pages is not None]

    assert query.sum("pages") == sum(pages)
    assert query.average(Book.pages) == pytest.approx(sum(pages) / len(pages))
    assert query.min("pages") == min(pages)
    assert query.max("pages") == max(pages)


def test_dates_and_text_have_extremes(asked: tuple[orm.Query[Book], list[Book]]) -> None:
    query, books = asked
    dates = [book.printed for book in books if book.printed is not None]

    assert (query.min("printed"), query.max("printed")) == (min(dates), max(dates))
    assert query.max("title") == "t2"


def test_distinct_values(asked: tuple[orm.Query[Book], list[Book]]) -> None:
    query, books = asked

    assert sorted(query.distinct("title")) == sorted({book.title for book in books})
    assert set(query.distinct("mood")) == {book.mood for book in books if book.mood}
    assert set(query.distinct("tags")) == {tag for book in books for tag in book.tags}
    assert set(query.distinct("lent")) == {book.lent for book in books}
    assert {pointer.id for pointer in query.distinct("shelf")} == {book.shelf_id for book in books}
    assert query.count_distinct("printed") == len({book.printed for book in books} - {None})


def test_groups(asked: tuple[orm.Query[Book], list[Book]]) -> None:
    query, books = asked
    expected: dict[Any, list[int]] = {}
    for book in books:
        expected.setdefault(book.mood, []).append(book.pages or 0)

    assert query.group_by("mood").count() == {mood: len(pages) for mood, pages in expected.items()}
    assert query.group_by("mood").sum("pages") == {mood: sum(pages) for mood, pages in expected.items()}
    assert query.group_by("mood").max("pages") == {mood: max(pages) for mood, pages in expected.items()}


def test_an_array_is_in_the_group_of_each_element(books: list[Book]) -> None:
    assert Book.group_by("tags").count() == {"x": 7, "y": 3, None: 3}


def test_groups_of_dates_follow_a_time_zone(books: list[Book]) -> None:
    in_utc = Book.where(pages=10).group_by_date("printed", "month").count()
    in_tokyo = Book.where(pages=10).group_by_date("printed", "day", tz="Asia/Tokyo").count()

    assert in_utc == {"2024-02": 1}
    assert in_tokyo == {"2024-02-21": 1}
    assert list(Book.group_by_date("printed", "year").count()) == ["2024", None]
    assert Book.where(pages=10).group_by_date("printed", "week").sum("pages") == {"2024-W08": 10}
    with pytest.raises(orm.BadQuery, match="fortnight"):
        Book.group_by_date("printed", "fortnight")
    with pytest.raises(orm.BadQuery, match="Nowhere"):
        Book.group_by_date("printed", "day", tz="Nowhere/Else")


def test_nothing_has_no_average(parse_client: orm.Client) -> None:
    assert Book.sum("pages") == 0
    assert Book.average("pages") is None
    assert Book.max("pages") is None
    assert Book.distinct("title") == []
    assert Book.where(pages__in=[]).sum("pages") == 0


def test_what_the_server_would_skip_is_refused(books: list[Book], parse_client: orm.Client) -> None:
    counted = {"pipeline": [{"$count": "n"}], "_method": "GET"}
    answer = parse_client.request("POST", "/aggregate/Book", counted)["results"]
    assert len(answer) == len(books)  # all rows instead of a number

    for stages in (
        [{"$count": "n"}],
        [{"$unwind": "$tags"}],
        [{"$match": {"title": {"$in": ["t1"]}}}],
        [{"$match": {"pages": {"$gt": 0}}}],
        [{"$group": {"_id": "$title"}}, {"$match": {"title": "t1"}}],
        [{"$match": {"$or": [{"title": "t1"}, {"title": "t2"}]}}],
        [{"$lookup": {}}],
        [{"$out": "Other"}],
    ):
        with pytest.raises(orm.BadQuery):
            Book.aggregate(stages)
    with pytest.raises(orm.BadQuery, match="write"):
        Book.aggregate([{"$facet": {"a": [{"$merge": "Other"}]}}], mongodb=True)
    with pytest.raises(orm.BadQuery, match="pipeline"):
        Book.where(title="t1").aggregate([{"$group": {"_id": None}}])


def test_a_pipeline_that_postgres_reads(books: list[Book]) -> None:
    stages = [{"$match": {"title": "t1"}}, {"$group": {"_id": "$title", "total": {"$sum": "$pages"}}}]

    assert Book.aggregate(stages) == [{"objectId": "t1", "total": sum(b.pages or 0 for b in books if b.title == "t1")}]


VERBS: list[Any] = [
    lambda query: query.sum("pages"),
    lambda query: query.average("pages"),
    lambda query: query.min("pages"),
    lambda query: query.distinct("title"),
    lambda query: query.count_distinct("title"),
    lambda query: query.group_by("title").count(),
    lambda query: query.group_by_date("printed", "day"),
    lambda query: query.aggregate([{"$group": {"_id": None}}]),
    lambda query: query.explain(),
]


@pytest.mark.parametrize("verb", VERBS)
def test_without_the_master_key_nothing_is_sent(verb: Any) -> None:
    client = orm.Client("http://127.0.0.1:9/parse", "app", rest_key="r", master_key=None)
    keyed = orm.Client("http://127.0.0.1:9/parse", "app", rest_key="r", master_key="m")

    with pytest.raises(orm.MasterKeyRequired):
        verb(Book.using(client))
    with pytest.raises(orm.MasterKeyRequired):
        verb(Book.using(keyed).as_user("r:" + "0" * 32))


def test_a_column_of_the_wrong_type_is_refused() -> None:
    client = orm.Client("http://127.0.0.1:9/parse", "app", rest_key="r", master_key="m")

    with pytest.raises(orm.BadQuery, match="numbers"):
        Book.using(client).sum("title")
    with pytest.raises(orm.BadQuery, match="dates"):
        Book.using(client).group_by_date("title", "day")
    with pytest.raises(orm.UnknownField):
        Book.using(client).sum("pagez")


def test_explain_gives_the_plan_of_the_database(books: list[Book]) -> None:
    assert "Book" in str(Book.where(pages=10).explain())


def test_a_row_with_an_empty_array_is_in_no_group_and_one_without_an_array_is_in_that_of_none(
    parse_client: orm.Client,
) -> None:
    shelf = Shelf.create(name="c")
    Book.create(shelf=shelf, tags=[])
    cleared = Book.create(shelf=shelf, tags=["x"])
    cleared.update(tags=[])
    Book.create(shelf=shelf)

    assert Book.where(shelf=shelf).group_by("tags").count() == {None: 1}


class Diary(orm.ParseObject):
    title = orm.property(str)
    pages = orm.property(int)
    begun = orm.property(datetime)


def test_a_column_that_no_row_ever_had_has_no_values(parse_client: orm.Client) -> None:
    Diary.create(title="x")

    assert (Diary.sum("pages"), Diary.average("pages"), Diary.min("pages"), Diary.max("pages")) == (0, None, None, None)
    assert Diary.max("begun") is None
    assert Diary.where(title="x").sum("pages") == 0

    Diary.create(pages=3)
    assert Diary.sum("pages") == 3


def test_a_question_that_the_server_cannot_read_is_no_sum_of_nothing(parse_client: orm.Client) -> None:
    Diary.create(title="x", pages=3)

    class DiaryAgain(orm.ParseObject, class_name="Diary"):
        title = orm.property(int)

    with pytest.raises(orm.InvalidQuery):
        DiaryAgain.sum("title")
