"""Queries against a real Parse Server: the answer is the one Python would give, however many rows there are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import parse_orm as orm
from parse_orm.expressions import Criterion
from tests.live.people import Watched, sign_up
from tests.unit.expressions.interpreter import meant, plain
from tests.unit.expressions.test_nothing_is_lost import CRITERIA, START, JudgedSong

pytestmark = pytest.mark.live


class FoundSinger(orm.ParseObject):
    name = orm.property(str)


class FoundSong(orm.ParseObject):
    title = orm.property(str)
    plays = orm.property(int, default=0)
    released = orm.property(datetime)
    tags = orm.array(str)
    info = orm.property(dict)
    singer = orm.belongs_to(FoundSinger)

    @orm.scope
    @staticmethod
    def popular(q: orm.Query[FoundSong], at_least: int = 3) -> orm.Query[FoundSong]:
        return q.where(FoundSong.plays >= at_least)


@pytest.fixture(autouse=True)
def client(parse_client: orm.Client) -> orm.Client:
    return parse_client


def many(client: orm.Client, count: int) -> None:
    """That many songs, made in a few requests."""
    for start in range(0, count, 500):
        items = [
            {"method": "POST", "path": "/parse/classes/FoundSong", "body": {"plays": number, "title": f"t{number}"}}
            for number in range(start, min(start + 500, count))
        ]
        client.request("POST", "/batch", {"requests": items}, expect=list)


def test_the_server_answers_what_python_would() -> None:
    """Random criteria over rows with and without values, judged in Python and by the server."""
    rows = [
        JudgedSong.create(title=title, plays=plays, live=live, tags=tags, released=None if plays is None else START)
        for title, plays, live, tags in (
            ("a", 1, True, ["a"]),
            ("A", -2, False, ["a", "b"]),
            ("ab", 0, None, ["b", "c"]),
            ("", 2, True, None),
            ("a.b", 3, False, ["c"]),
            ("(a", None, None, ["a", "b", "c"]),
            ("b$", 1, True, None),
            (None, None, None, None),
        )
    ]
    stored = {row.id: {path: plain(value) for path, value in JudgedSong.get(row.id)._wire.items()} for row in rows}

    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
    @given(CRITERIA, st.none() | CRITERIA)
    def judge(first: Criterion, second: Criterion | None) -> None:
        query = JudgedSong.where(first) if second is None else JudgedSong.where(first).where(second)
        wanted = {id for id, row in stored.items() if meant(first, row) and (second is None or meant(second, row))}

        assert {song.id for song in query} == wanted, query.to_params()
        assert query.count() == len(wanted)

    judge()


def test_everything_is_read_and_nothing_twice(client: orm.Client, parse_server: Any) -> None:
    many(client, 1205)
    watched = Watched(parse_server.config())

    with orm.using(watched.client):
        assert sorted(song.plays for song in FoundSong.all()) == list(range(1205))
        assert len(watched.sent) == 3, "two pages, and an empty one: a short page is not the end"
    assert [song.plays for song in FoundSong.order("-plays").each(batch_size=500)] == list(range(1204, -1, -1))
    assert FoundSong.count() == 1205
    assert FoundSong.where(plays__gte=1000).count() == 205
    assert [len(page) for page in FoundSong.limit(250).batches(100)] == [100, 100, 50]
    assert [song.plays for song in FoundSong.order("plays").skip(1200)] == [1200, 1201, 1202, 1203, 1204]


def test_a_walk_by_id_is_not_disturbed_by_writers(client: orm.Client) -> None:
    many(client, 60)
    seen = []
    for song in FoundSong.query().each(batch_size=10):
        seen.append(song.plays)
        if len(seen) % 10 == 5:
            FoundSong.pointer(song.id).destroy()
            FoundSong.create(plays=-1)

    assert sorted(plays for plays in seen if plays >= 0) == list(range(60))


def test_first_exists_pluck_and_get_many() -> None:
    low = FoundSong.create(title="low", plays=1)
    high = FoundSong.create(title="high", plays=9)

    assert FoundSong.order("-plays").first() == high
    assert FoundSong.order("plays").first(5) == [low, high]
    assert FoundSong.where(plays__gt=9).first() is None
    assert FoundSong.where(plays=9).exists()
    assert not FoundSong.where(plays=5).exists()
    assert FoundSong.order("plays").pluck(FoundSong.title) == ["low", "high"]
    assert FoundSong.order("plays").pluck("plays", "title") == [(1, "low"), (9, "high")]
    assert FoundSong.get_many([high.id, low.id]) == [high, low]
    assert FoundSong.find_by(title="low") == low
    assert FoundSong.popular(5).all() == [high]
    assert FoundSong.where(title="low").popular().all() == []


def test_questions_reach_through_pointers() -> None:
    ann, bob = FoundSinger.create(name="Ann"), FoundSinger.create(name="Bob")
    hers, his = FoundSong.create(title="hers", singer=ann), FoundSong.create(title="his", singer=bob)
    nobodys = FoundSong.create(title="nobody's")

    assert FoundSong.where(singer__name="Ann").all() == [hers]
    assert FoundSong.where(FoundSong.singer.name == "Ann").all() == [hers]
    assert FoundSong.where(FoundSong.singer == bob).all() == [his]
    assert FoundSong.where(singer=bob.id).all() == [his]
    assert FoundSong.where(FoundSong.singer != bob).order("title").all() == [hers, nobodys]
    assert FoundSong.where(FoundSong.singer.matches(FoundSinger.where(name="Nobody"))).all() == []
    assert FoundSong.where(FoundSong.singer.not_matches(FoundSinger.where(name="Ann"))).order("title").all() == [
        his,
        nobodys,
    ]
    assert FoundSong.where(FoundSong.singer.is_null()).all() == [nobodys]


def test_included_rows_need_no_further_request(parse_server: Any) -> None:
    FoundSong.create(title="x", singer=FoundSinger.create(name="Ann"))
    watched = Watched(parse_server.config())

    with orm.using(watched.client), orm.strict_loading():
        for song in (FoundSong.include("singer").first(), FoundSong.include(FoundSong.singer).keys("title").first()):
            assert song is not None
            assert song.singer is not None
            assert song.singer.name == "Ann"

    assert len(watched.sent) == 2


def test_keys_bring_less_and_the_rest_is_fetched_once(parse_server: Any) -> None:
    FoundSong.create(title="x", plays=3, info={"a": 1})
    watched = Watched(parse_server.config())

    with orm.using(watched.client):
        song = FoundSong.keys("title").first()
        assert song is not None
        assert song.title == "x"
        assert len(watched.sent) == 1
        assert (song.plays, song.info, song.released) == (3, {"a": 1}, None)
        assert len(watched.sent) == 2
        lean = FoundSong.exclude_keys("info").strict_loading().first()
        assert lean is not None
        assert lean.plays == 3
        with pytest.raises(orm.NotLoaded, match="info"):
            lean.info  # noqa: B018


def test_keys_inside_an_object_column() -> None:
    small, large = FoundSong.create(info={"size": {"cm": 1}}), FoundSong.create(info={"size": {"cm": 9}, "k": "x"})
    FoundSong.create()

    assert FoundSong.where(FoundSong.info["size"]["cm"] > 3).all() == [large]
    assert FoundSong.where(info__size__cm=1).all() == [small]
    assert FoundSong.where(info__k="x").all() == [large]


def test_hostile_text_is_only_text() -> None:
    odd = '\' OR 1=1 -- ; DROP TABLE "FoundSong"; $where \\E.*'
    song = FoundSong.create(title=odd)
    FoundSong.create(title="plain")

    assert FoundSong.where(title=odd).all() == [song]
    assert FoundSong.where(FoundSong.title.contains("OR 1=1 -- ;")).all() == [song]
    assert FoundSong.where(FoundSong.title.endswith("\\E.*")).all() == [song]
    assert FoundSong.where(FoundSong.title.startswith(".*")).all() == []
    assert FoundSong.count() == 2


def test_a_query_sees_what_its_credential_may_see() -> None:
    ann = sign_up()
    private = FoundSong(title="private")
    private.acl = orm.ACL().grant(ann)
    private.save()
    public = FoundSong.create(title="public")

    assert FoundSong.order("title").all() == [private, public]
    assert FoundSong.as_user(ann).order("title").all() == [private, public]
    with orm.as_anonymous():
        assert FoundSong.all() == [public]
        assert FoundSong.as_user(ann).count() == 2
        assert FoundSong.count() == 1
        both = FoundSong.as_user(ann).where(title="private") | FoundSong.as_user(ann).where(title="public")
        assert both.count() == 2


def test_a_class_that_does_not_exist_yet_has_no_rows() -> None:
    class FoundNowhere(orm.ParseObject):
        name = orm.property(str)

    assert FoundNowhere.all() == []
    assert FoundNowhere.count() == 0
    assert FoundNowhere.find("a") is None
