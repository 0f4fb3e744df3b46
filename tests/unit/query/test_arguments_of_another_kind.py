"""What is handed to a verb in place of what it takes is refused by name, and nothing is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.errors import BadQuery, InvalidValue
from parse_orm.query.groups import Grouped
from tests.unit.remembered import wire

__all__ = ["wire"]


class KindSinger(orm.ParseObject):
    name = orm.property(str)


class KindSong(orm.ParseObject):
    title = orm.property(str)
    plays = orm.property(int)
    singer = orm.belongs_to(KindSinger)
    fans = orm.has_many(KindSinger, through="relation")
    crew = orm.has_many(KindSinger, through="array")


Song: Any = KindSong
ROWS: dict[str, Callable[[], Any]] = {
    "a query": lambda: KindSinger.where(name="x"),
    "a relation": lambda: KindSong.pointer("xWMyZ4YEGZ").fans,
}
NO_ROW: dict[str, Callable[[Any], Any]] = {
    "where": lambda rows: Song.where(singer=rows).all(),
    "where not": lambda rows: Song.where(singer__ne=rows).all(),
    "where one of": lambda rows: Song.where(singer__in=[rows]).all(),
    "an expression": lambda rows: Song.where(Song.singer == rows).all(),
    "where of a relation": lambda rows: Song.where(fans=rows).all(),
    "where of a list": lambda rows: Song.where(crew=rows).all(),
    "a pointer": lambda rows: Song(singer=rows),
    "a list of pointers": lambda rows: Song(crew=[rows]),
    "an edit of a relation": lambda rows: Song.pointer("xWMyZ4YEGZ").fans.add(rows),
    "a row of a relation": lambda rows: Song.pointer("xWMyZ4YEGZ").fans.has(rows),
}


@pytest.mark.parametrize("verb", NO_ROW)
@pytest.mark.parametrize("rows", ROWS)
def test_many_rows_in_place_of_one_are_refused(wire: Any, rows: str, verb: str) -> None:
    with pytest.raises((InvalidValue, BadQuery), match=r"expected a KindSinger, got \w+: matches\(query\) compares"):
        NO_ROW[verb](ROWS[rows]())
    assert wire.sent == []


USERS: Any = orm.User.where
Session: Any = orm.Session

REFUSED: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "sessions of a query": (lambda: Session.revoke_all_for_user(USERS()), BadQuery, "expected a User, got UserQuery"),
    "a session's data": (lambda: sessions().update("xWMyZ4YEGZ", None), InvalidValue, "a dict with wire names"),
    "a list of data": (lambda: sessions().update("xWMyZ4YEGZ", []), InvalidValue, "not as a list"),
    "data by number": (lambda: sessions().update("xWMyZ4YEGZ", {5: 1}), InvalidValue, "wire names as keys"),
    "sessions by number": (lambda: sessions().all(5), BadQuery, "a query string or a dict"),
    "an unknown order": (lambda: sessions().all("order=nope"), BadQuery, "no column 'nope'"),
    "a misspelt order": (lambda: sessions().all({"order": "-createdat"}), BadQuery, "did you mean 'createdAt'"),
    "an order by number": (lambda: sessions().all({"order": 5}), BadQuery, "list of names"),
    "a parameter twice": (lambda: sessions().all("limit=1&limit=2"), BadQuery, "given twice"),
    "a number as a time zone": (lambda: by_day(tz=5), BadQuery, "takes a tzinfo or the name"),
    "no time zone": (lambda: by_day(tz=None), BadQuery, "takes a tzinfo or the name"),
    "a list of units": (lambda: Song.group_by_date("created_at", ["day"]), BadQuery, "not \\['day'\\]"),
    "no question": (lambda: Song.from_query(None, allow=[]), BadQuery, "a query string or a mapping"),
    "a question in bytes": (lambda: Song.from_query(b"limit=1", allow=[]), BadQuery, "a query string or a mapping"),
    "nothing allowed": (lambda: Song.from_query("", allow=None), BadQuery, "allow takes a list of names"),
    "one text allowed": (lambda: Song.from_query("", allow="title"), BadQuery, "allow takes a list .*, not 'title'"),
    "columns allowed": (lambda: Song.from_query("", allow=[Song.title]), BadQuery, "allow takes a list of names"),
    "no operators": (lambda: Song.from_query("", allow={"title": None}), BadQuery, r"allow\['title'\] takes a list"),
    "operators by number": (lambda: Song.from_query("", allow={"title": [5]}), BadQuery, r"allow\['title'\]"),
    "no limit": (lambda: Song.from_query("limit=5", allow=[], max_limit=None), BadQuery, "max_limit takes a whole"),
    "latest of an order": (lambda: Song.order("plays").limit(2).latest(), BadQuery, "the order plays: first"),
    "oldest of an order": (lambda: Song.order("-plays").oldest(), BadQuery, "the order -plays: first"),
    "last_updated of an order": (lambda: Song.order("plays").last_updated(), BadQuery, "the order plays: first"),
    "an update of any row": (lambda: Song.create_or_update(defaults={"plays": 1}), BadQuery, "any row would be"),
    "such a query": (lambda: Song.query().create_or_update(defaults={"plays": 1}), BadQuery, "any row would be"),
}


def sessions() -> Any:
    client: Any = orm.current_client()
    return client.sessions


def by_day(**options: Any) -> Any:
    return Song.group_by_date("created_at", "day", **options)


@pytest.mark.parametrize(("ask", "error", "words"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_by_name(wire: Any, ask: Callable[[], Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        ask()
    assert wire.sent == []


@pytest.mark.parametrize("verb", ["first_or_create", "create_or_update", "first_or_initialize"])
@pytest.mark.parametrize("defaults", [[1], "ab", 5, [("password", "correct horse")], {5: 1}], ids=repr)
@pytest.mark.parametrize("model", [KindSong, orm.User])
def test_defaults_that_are_no_values_by_name_are_refused(wire: Any, verb: str, defaults: Any, model: Any) -> None:
    values = {"title": "x"} if model is KindSong else {"username": "x"}
    subjects = [model] if verb == "first_or_initialize" else [model, model.query()]
    for subject in subjects:
        with pytest.raises(InvalidValue, match="defaults= takes a dict with field names as keys") as caught:
            getattr(subject, verb)(**values, defaults=defaults)
        assert "horse" not in str(caught.value)
    assert wire.sent == []


def test_a_query_with_criteria_is_enough_for_an_update(wire: Any) -> None:
    assert KindSong.where(title="x").create_or_update(defaults={"plays": 1}).title == "x"


def test_groups_by_what_no_dict_can_hold_are_refused(wire: Any) -> None:
    wire.rows["/classes/KindSong"] = {"results": [{"objectId": "a1", "ACL": {"*": {"read": True}}}]}
    groups: Grouped = Song.limit(1).group_by("acl")
    with pytest.raises(BadQuery, match="a group needs a plain value"):
        groups.count()
