"""Random criteria, each with the same question asked of a row of the Python model."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime
from typing import Any

from hypothesis import strategies as st

import parse_orm as orm
from tests.model_based.models import VALUES, MbSong
from tests.model_based.truth import Person, Row, Truth

Fits = Callable[[Row], bool]
Draw = Callable[[Any], Any]
Question = tuple[Any, Fits]


def from_wire(value: Any) -> Any:
    """JSON of a column as the Python value."""
    if isinstance(value, dict) and value.get("__type") == "Date":
        return datetime.fromisoformat(value["iso"].replace("Z", "+00:00"))
    return value


def _equal(draw: Draw, model: Any, name: str, truth: Truth) -> Question:
    value = draw(st.sampled_from(VALUES[name]))
    operand = from_wire(value)
    if draw(st.booleans()):
        return getattr(model, name) == operand, lambda row: row.columns.get(name) == value
    return getattr(model, name) != operand, lambda row: row.columns.get(name) != value


def _ordered(draw: Draw, model: Any, name: str, truth: Truth) -> Question:
    bound = draw(st.sampled_from(VALUES[name]))
    column = getattr(model, name)

    def above(row: Row) -> bool:
        value = row.columns.get(name)
        return value is not None and value > bound

    def at_most(row: Row) -> bool:
        value = row.columns.get(name)
        return value is not None and value <= bound

    return (column > bound, above) if draw(st.booleans()) else (column <= bound, at_most)


def _one_of(draw: Draw, model: Any, name: str, truth: Truth) -> Question:
    """One of some values, or none of them; the values come in every shape that can be iterated over."""
    values = draw(st.sampled_from([VALUES[name][:1], VALUES[name][1:2], VALUES[name][:2], []]))
    shape: Callable[[list[Any]], Any] = draw(
        st.sampled_from(
            [
                lambda v: (x for x in v),
                lambda v: map(copy.copy, v),
                lambda v: dict.fromkeys(v).keys(),
                list,
                tuple,
            ]
        )
    )
    inside = draw(st.booleans())
    if draw(st.booleans()):
        column = getattr(model, name)
        criterion = column.in_(shape(values)) if inside else column.not_in(shape(values))
    else:
        criterion = {f"{name}__{'in' if inside else 'not_in'}": shape(values)}
    return criterion, lambda row: (row.columns.get(name) in values) is inside


def _has_value(draw: Draw, model: Any, name: str, truth: Truth) -> Question:
    wanted = draw(st.booleans())
    return getattr(model, name).is_null(wanted), lambda row: (row.columns.get(name) is None) is wanted


def _holds(draw: Draw, model: Any, name: str, truth: Truth) -> Question:
    marks = draw(st.lists(st.sampled_from(["x", "y"]), min_size=1, max_size=2, unique=True))
    return model.tags.contains_all(mark for mark in marks), lambda row: {*marks} <= {*(row.columns.get("tags") or ())}


def _inside(draw: Draw, model: Any, name: str, truth: Truth) -> Question:
    size = draw(st.sampled_from([1, 2, 3]))
    return model.info["size"] == size, lambda row: (row.columns.get("info") or {}).get("size") == size


def _points_to(draw: Draw, model: Any, name: str, truth: Truth) -> Question:
    artists = [row for row in truth.rows.values() if row.class_name == "MbArtist"]
    if not artists:
        return model.artist.is_null(), lambda row: row.columns.get("artist") is None
    artist = draw(st.sampled_from(artists))
    pointer = orm.Pointer("MbArtist", artist.id)
    if draw(st.booleans()):
        return model.artist == pointer, lambda row: (row.columns.get("artist") or {}).get("objectId") == artist.id
    return (
        model.artist.not_in(one for one in [pointer]),
        lambda row: (row.columns.get("artist") or {}).get("objectId") != artist.id,
    )


def _through_pointer(draw: Draw, model: Any, who: Person, truth: Truth) -> Question:
    title = draw(st.sampled_from(VALUES["title"]))

    def fits(row: Row) -> bool:
        artist = truth.rows.get((row.columns.get("artist") or {}).get("objectId", ""))
        return artist is not None and artist.seen_by(who) and artist.columns.get("title") == title

    return model.artist.title == title, fits


def question(draw: Draw, model: Any, who: Person, truth: Truth, depth: int = 2) -> Question:
    """A criterion of a model, or lookups by keyword, and the same in Python."""
    kind = draw(st.sampled_from(["plain", "plain", "or", "and", "not"])) if depth else "plain"
    if kind == "plain":
        return _plain(draw, model, who, truth)
    first, fits = _criterion(draw, model, who, truth, depth - 1)
    if kind == "not":
        return ~first, lambda row: not fits(row)
    second, also = _criterion(draw, model, who, truth, depth - 1)
    if kind == "or":
        return first | second, lambda row: fits(row) or also(row)
    return first & second, lambda row: fits(row) and also(row)


def _criterion(draw: Draw, model: Any, who: Person, truth: Truth, depth: int) -> Question:
    """A question that can be combined with others, which lookups by keyword cannot."""
    found, fits = question(draw, model, who, truth, depth)
    while isinstance(found, dict):
        (lookup, values), *_ = found.items()
        name, _, kind = lookup.partition("__")
        column = getattr(model, name)
        found = column.in_(values) if kind == "in" else column.not_in(values)
    return found, fits


def _plain(draw: Draw, model: Any, who: Person, truth: Truth) -> Question:
    columns = set(model.fields())
    choices: list[Callable[[], Question]] = [
        lambda: _one_of(draw, model, "title", truth),
        lambda: _equal(draw, model, "title", truth),
        lambda: _one_of(draw, model, "title", truth),
        lambda: _has_value(draw, model, "title", truth),
    ]
    if "plays" in columns:
        choices += [
            lambda: _ordered(draw, model, "plays", truth),
            lambda: _one_of(draw, model, "plays", truth),
            lambda: _equal(draw, model, "plays", truth),
        ]
    if "tags" in columns:
        choices.append(lambda: _holds(draw, model, "tags", truth))
    if "info" in columns:
        choices.append(lambda: _inside(draw, model, "info", truth))
    if model is MbSong:
        choices += [
            lambda: _equal(draw, model, "day", truth),
            lambda: _equal(draw, model, "live", truth),
            lambda: _points_to(draw, model, "artist", truth),
            lambda: _through_pointer(draw, model, who, truth),
        ]
    return draw(st.sampled_from(choices))()


def asked(model: Any, found: Any) -> Any:
    """The query of a question."""
    return model.where(**found) if isinstance(found, dict) else model.where(found)
