"""However conditions are combined, the where clause asks all of them: judged against Python, row by row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

import parse_orm as orm
from parse_orm.codec.encode import encode
from parse_orm.expressions import Criterion
from tests.unit.expressions.interpreter import meant, plain, selects

START = datetime(2024, 1, 1, tzinfo=UTC)


class JudgedSong(orm.ParseObject):
    title = orm.property(str)
    plays = orm.property(int)
    live = orm.property(bool)
    tags = orm.array(str)
    released = orm.property(datetime)


S = JudgedSong
WORDS = st.sampled_from(["", "a", "b", "ab", "ba", "A", "a.b", "(a", "b$"])
NUMBERS = st.integers(-2, 3)
DAYS = st.integers(0, 3).map(lambda days: START + timedelta(days=days))

#: Column to the values it may hold, None for none.
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "title": WORDS,
    "plays": NUMBERS,
    "live": st.booleans(),
    "released": DAYS,
}

ROWS = st.fixed_dictionaries(
    {},
    optional={
        **VALUES,
        "tags": st.lists(st.sampled_from(["a", "b", "c"]), max_size=3, unique=True),
    },
).map(lambda row: {path: plain(encode(value)) for path, value in row.items()})

COMPARISONS: list[Callable[[Any, Any], Criterion]] = [
    lambda column, value: column == value,
    lambda column, value: column != value,
    lambda column, value: column > value,
    lambda column, value: column >= value,
    lambda column, value: column < value,
    lambda column, value: column <= value,
]


@st.composite
def scalar_conditions(draw: st.DrawFn) -> Criterion:
    name = draw(st.sampled_from(sorted(VALUES)))
    column: Any = getattr(S, name)
    values = VALUES[name]
    way = draw(st.integers(0, 4))
    if way == 0:
        return draw(st.sampled_from(COMPARISONS))(column, draw(values))
    if way == 1:
        return draw(st.sampled_from([column.in_, column.not_in]))(draw(st.lists(st.none() | values, max_size=3)))
    if way == 2 and name != "live":
        return column.between(draw(values), draw(values))  # type: ignore[no-any-return]
    if way == 3:
        return draw(st.sampled_from([column.exists, column.is_null]))(draw(st.booleans()))
    return draw(st.sampled_from([column == None, column != None]))  # noqa: E711


@st.composite
def text_conditions(draw: st.DrawFn) -> Criterion:
    names = ["startswith", "endswith", "contains", "istartswith", "iendswith", "icontains"]
    return getattr(S.title, draw(st.sampled_from(names)))(draw(WORDS))  # type: ignore[no-any-return]


@st.composite
def array_conditions(draw: st.DrawFn) -> Criterion:
    some = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3, unique=True)
    tags: Any = S.tags
    ways: list[Callable[[], Criterion]] = [
        lambda: tags == draw(st.sampled_from("abc")),
        lambda: tags != draw(st.sampled_from("abc")),
        lambda: tags.contains_all(draw(some)),
        lambda: tags.contained_by(draw(some)),
        lambda: tags.in_(draw(some)),
        lambda: tags.not_in(draw(some)),
        lambda: tags.exists(draw(st.booleans())),
    ]
    return draw(st.sampled_from(ways))()


CONDITIONS = st.one_of(scalar_conditions(), text_conditions(), array_conditions())
CRITERIA = st.recursive(
    CONDITIONS,
    lambda inner: (
        st.builds(lambda a, b: a & b, inner, inner)
        | st.builds(lambda a, b: a | b, inner, inner)
        | st.builds(lambda a: ~a, inner)
    ),
    max_leaves=6,
)


def where_of(query: orm.Query[Any]) -> dict[str, Any] | None:
    """The clause as it would be sent; None when nothing would."""
    try:
        where: dict[str, Any] = query.to_params()["where"]
    except orm.BadQuery:
        return None
    return where


@settings(max_examples=200, deadline=None)
@given(CRITERIA, st.lists(ROWS, min_size=1, max_size=8))
@example((S.plays > 1) & (S.plays > 2), [{"plays": 2}])
@example((S.plays == 1) & (S.plays == 2), [{"plays": 1}])
@example(~((S.plays > 1) | (S.title == "a")), [{}])
@example(S.plays.in_([]) | (S.plays != 1), [{}])
def test_the_server_selects_what_python_would(criterion: Criterion, rows: list[dict[str, Any]]) -> None:
    where = where_of(S.where(criterion))

    for row in rows:
        assert selects(where, row) is meant(criterion, row), (criterion, where, row)


@st.composite
def conditions_on_one_column(draw: st.DrawFn) -> tuple[str, list[Criterion]]:
    name = draw(st.sampled_from(sorted(VALUES)))
    column: Any = getattr(S, name)
    compare = st.builds(lambda way, value: way(column, value), st.sampled_from(COMPARISONS), VALUES[name])
    some = st.builds(column.in_, st.lists(VALUES[name], min_size=1, max_size=3))
    none = st.builds(column.not_in, st.lists(VALUES[name], min_size=1, max_size=3))
    texts = [text_conditions()] if name == "title" else []
    return name, draw(st.lists(st.one_of(compare, some, none, *texts), min_size=2, max_size=4))


@settings(max_examples=200, deadline=None)
@given(conditions_on_one_column(), st.data())
@example(("plays", [S.plays > 2, S.plays > 1]), None)
@example(("plays", [S.plays.in_([1, 2]), S.plays.in_([2, 3])]), None)
@example(("title", [S.title.startswith("a"), S.title.startswith("ab")]), None)
def test_conditions_on_one_column_all_hold(asked: tuple[str, list[Criterion]], data: st.DataObject | None) -> None:
    name, criteria = asked
    where = where_of(S.where(*criteria))
    tried = [None, -2, 0, 1, 2, 3] if name == "plays" else ["", "a", "ab", "b"]
    values = tried if data is None else data.draw(st.lists(st.none() | VALUES[name], min_size=1, max_size=6))

    for value in values:
        row = {} if value is None else {name: plain(encode(value))}
        assert selects(where, row) is all(meant(criterion, row) for criterion in criteria), (criteria, where, row)


@settings(max_examples=60, deadline=None)
@given(st.lists(CRITERIA, max_size=5), st.lists(ROWS, min_size=1, max_size=5))
def test_chained_wheres_all_hold(criteria: list[Criterion], rows: list[dict[str, Any]]) -> None:
    query = S.query()
    for criterion in criteria:
        query = query.where(criterion)
    where = where_of(query)

    for row in rows:
        assert selects(where, row) is all(meant(criterion, row) for criterion in criteria)
    assert where_of(S.where(*criteria)) == where


@settings(max_examples=60, deadline=None)
@given(CRITERIA, CRITERIA, st.lists(ROWS, min_size=1, max_size=5))
def test_queries_joined_by_or_lose_neither_side(a: Criterion, b: Criterion, rows: list[dict[str, Any]]) -> None:
    where = where_of(S.where(a) | S.where(b))

    for row in rows:
        assert selects(where, row) is (meant(a, row) or meant(b, row))


@settings(max_examples=60, deadline=None)
@given(CRITERIA)
def test_compiling_changes_nothing(criterion: Criterion) -> None:
    query = S.where(criterion)
    before = repr(query)

    assert where_of(query) == where_of(query)
    assert where_of(query.where(criterion)) is not None or where_of(query) is None
    assert repr(query) == before
