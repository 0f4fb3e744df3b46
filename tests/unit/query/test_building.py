"""A query is built step by step, never changed, and says what it would ask without asking."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import parse_orm as orm


class BuildBand(orm.ParseObject):
    name = orm.property(str)
    home = orm.belongs_to("BuildTown")


class BuildTown(orm.ParseObject):
    name = orm.property(str)


class BuildSong(orm.ParseObject):
    title = orm.property(str)
    plays = orm.property(int, default=0)
    released = orm.property(datetime)
    lyrics_text = orm.property(str)
    info = orm.property(dict)
    tags = orm.array(str)
    band = orm.belongs_to(BuildBand)

    @orm.scope
    @staticmethod
    def popular(q: orm.Query[BuildSong], at_least: int = 100) -> orm.Query[BuildSong]:
        """Songs that many people play."""
        return q.where(BuildSong.plays >= at_least)


def where(*criteria: Any, **lookups: Any) -> Any:
    return BuildSong.where(*criteria, **lookups).to_params()["where"]


STEPS: list[Any] = [
    lambda q: q.where(plays__gt=3),
    lambda q: q.order("-plays"),
    lambda q: q.limit(3),
    lambda q: q.skip(2),
    lambda q: q.include("band"),
    lambda q: q.keys("title"),
    lambda q: q.exclude_keys("plays"),
    lambda q: q.strict_loading(),
    lambda q: q.as_user("r:" + "a" * 32),
    lambda q: q.as_master(),
    lambda q: q.popular(5),
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(STEPS), max_size=5), st.sampled_from(STEPS))
def test_a_step_makes_a_new_query_and_leaves_the_old_one_alone(steps: list[Any], last: Any) -> None:
    query = BuildSong.query()
    for step in steps:
        query = step(query)
    before = (repr(query), query.to_params(), query._binding, query._strict)

    assert last(query) is not query

    assert (repr(query), query.to_params(), query._binding, query._strict) == before


@pytest.mark.parametrize(
    ("lookups", "compiled"),
    [
        ({"title": "x"}, {"title": "x"}),
        ({"title__eq": "x"}, {"title": "x"}),
        ({"lyrics_text": "x"}, {"lyricsText": "x"}),
        ({"plays__gt": 3, "plays__lt": 9}, {"plays": {"$gt": 3, "$lt": 9}}),
        ({"plays__gte": 3.5}, {"plays": {"$gte": 3.5}}),
        ({"plays__in": [1, 2]}, {"plays": {"$in": [1, 2]}}),
        ({"title__startswith": "a.b"}, {"title": {"$regex": r"^a\.b"}}),
        ({"id": "a"}, {"objectId": "a"}),
        ({"info__size__gt": 3}, {"info.size": {"$gt": 3}}),
        (
            {"band__name": "x"},
            {"band": {"$inQuery": {"where": {"name": "x"}, "className": "BuildBand"}, "$exists": True}},
        ),
    ],
    ids=str,
)
def test_lookups_compile_to_the_wire(lookups: dict[str, Any], compiled: dict[str, Any]) -> None:
    assert where(**lookups) == compiled


def test_expressions_and_lookups_ask_the_same() -> None:
    assert where(BuildSong.plays > 3, BuildSong.title == "x") == where(plays__gt=3, title="x")
    assert where(BuildSong.band.name == "x") == where(band__name="x")
    assert where(BuildSong.info["size"] > 3) == where(info__size__gt=3)
    assert where(BuildSong.band == "b") == where(band="b")


def test_conditions_reach_through_two_pointers() -> None:
    inner = {"name": "Rome"}
    asked = where(band__home__name="Rome")

    assert asked["band"]["$inQuery"]["className"] == "BuildBand"
    assert asked["band"]["$inQuery"]["where"]["home"]["$inQuery"] == {"where": inner, "className": "BuildTown"}
    assert asked == where(BuildSong.band.home.name == "Rome")


def test_two_conditions_on_one_column_combine() -> None:
    both = BuildSong.where(plays__gt=1).where(plays__gt=2).to_params()["where"]

    assert both == {"$and": [{"plays": {"$gt": 1}}, {"plays": {"$gt": 2}}]}
    assert where(BuildSong.plays == 1, BuildSong.plays == 2) == {"$and": [{"plays": 1}, {"plays": 2}]}
    assert where(BuildSong.plays > 1, BuildSong.plays > 1) == {"plays": {"$gt": 1}}


@pytest.mark.parametrize(
    ("ask", "suggestion"),
    [
        (lambda: BuildSong.where(titel="x"), "title"),
        (lambda: BuildSong.where(title__startwith="x"), "startswith"),
        (lambda: BuildSong.where(band__nmae="x"), "nmae|name"),
        (lambda: BuildSong.where(plays__gt__lt=1), "lt"),
        (lambda: BuildSong.order("titel"), "title"),
        (lambda: BuildSong.include("bnad"), "band"),
        (lambda: BuildSong.keys("titel"), "title"),
        (lambda: BuildSong.pluck("titel"), "title"),
        (lambda: BuildSong.band.nmae, "name"),
    ],
)
def test_a_name_that_is_not_there_is_refused_with_the_nearest(ask: Any, suggestion: str) -> None:
    with pytest.raises(orm.UnknownField, match=suggestion):
        ask()


@pytest.mark.parametrize(
    "ask",
    [
        lambda: BuildSong.where("title"),
        lambda: BuildSong.where(True),
        lambda: BuildSong.where(plays="3"),
        lambda: BuildSong.where(plays__gt=None),
        lambda: BuildSong.where(plays__in=3),
        lambda: BuildSong.where(plays__in="abc"),
        lambda: BuildSong.where(title__startswith=3),
        lambda: BuildSong.where(plays__startswith="3"),
        lambda: BuildSong.where(plays__between=3),
        lambda: BuildSong.where(title__exists="yes"),
        lambda: BuildSong.where(info={"a": 1}),
        lambda: BuildSong.where(tags=["a"]),
        lambda: BuildSong.where(released=datetime(2024, 1, 1)),
        lambda: BuildSong.where(title="a\0b"),
        lambda: BuildSong.where(title="\ud800"),
        lambda: BuildSong.where(plays=2**60),
        lambda: BuildSong.where(title__search="  ").to_params(),
        lambda: BuildSong.title["a"],
        lambda: BuildSong.info["a.b"],
        lambda: BuildSong.info["$where"],
        lambda: BuildSong.limit(-1),
        lambda: BuildSong.limit(True),
        lambda: BuildSong.query().skip(1.5),  # type: ignore[arg-type]
        lambda: BuildSong.query().batches(0),
        lambda: BuildSong.pluck(),
        lambda: BuildSong.where(band__matches=BuildBand.where(name="x").limit(3)).to_params(),
    ],
)
def test_a_question_that_the_server_could_not_answer_is_refused_here(ask: Any) -> None:
    with pytest.raises((orm.BadQuery, orm.InvalidValue)):
        ask()


def test_a_criterion_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match="where"):
        bool(BuildSong.plays > 3)
    with pytest.raises(TypeError, match="neither true nor false"):
        1 < BuildSong.plays < 3  # noqa: B015
    with pytest.raises(TypeError):
        list(BuildSong.title)  # type: ignore[call-overload]


def test_a_repr_says_what_is_asked_and_sends_nothing() -> None:
    query = (
        BuildSong.where(BuildSong.plays > 3, ~(BuildSong.title == "x") | BuildSong.tags.contains_all(["a"]))
        .order("-plays", BuildSong.title.desc())
        .limit(3)
        .skip(2)
        .include("band")
        .keys("title")
        .exclude_keys("plays")
    )

    assert repr(query) == (
        "<BuildSongQuery where BuildSong.plays > 3 and (not BuildSong.title == 'x' or "
        "BuildSong.tags contains all of ['a']) order -plays,-title limit 3 skip 2 include band keys title "
        "exclude_keys plays>"
    )
    assert repr(BuildSong.query()) == "<BuildSongQuery all>"
    assert repr(BuildSong.band.name == "x") == "BuildSong.band.name == 'x'"
    assert len(repr(BuildSong.where(title="x" * 500))) < 150
    assert repr(BuildSong.title) == "<BuildSong.title: String>"


def test_scopes_chain_inherit_and_keep_their_name() -> None:
    class BuildHit(BuildSong, class_name="BuildSong"):
        @orm.scope
        @staticmethod
        def titled(q: orm.Query[Any], title: str) -> orm.Query[Any]:
            return q.where(title=title)

    query = BuildHit.popular(5).titled("x")

    assert query.to_params()["where"] == {"plays": {"$gte": 5}, "title": "x"}
    assert BuildSong.popular().to_params()["where"] == {"plays": {"$gte": 100}}
    assert BuildSong.popular.__doc__ == "Songs that many people play."
    assert not hasattr(BuildSong.query(), "titled")
    assert "popular" in dir(BuildSong.query())


def test_queries_of_two_kinds_do_not_join() -> None:
    query = BuildSong.where(plays=1)

    for other in (BuildBand.query(), query.limit(3), query.as_master(), query.order("plays")):
        with pytest.raises(orm.BadQuery):
            query | other  # type: ignore[operator]
    with pytest.raises(TypeError):
        query | 3  # type: ignore[operator]
    with pytest.raises(TypeError):
        (BuildSong.plays > 1) & True  # type: ignore[operator]
