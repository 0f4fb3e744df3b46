"""What a query promises: its class stays with it, and each last word has its own answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, assert_type

import parse_orm as orm


class Song(orm.ParseObject):
    title = orm.property(str, required=True)
    plays = orm.property(int)

    @orm.scope
    @staticmethod
    def popular(q: orm.Query[Song], at_least: int = 100) -> orm.Query[Song]:
        return q.where(Song.plays >= at_least)


query = Song.where(Song.plays > 3, title__startswith="A").order("-plays", Song.title).limit(5).skip(1)

assert_type(query, orm.Query[Song])
assert_type(query.include("artist").keys("title").as_master(), orm.Query[Song])
assert_type(query.as_user("r:x") | query, orm.Query[Song])
assert_type(query.all(), list[Song])
assert_type(query.first(), Song | None)
assert_type(query.first(3), list[Song])
assert_type(query.get("a"), Song)
assert_type(query.find_by(title="x"), Song | None)
assert_type(query.count(), int)
assert_type(query.exists(), bool)
assert_type(query.pluck(Song.title), list[str])
assert_type(query.pluck(Song.plays), list[int | None])
assert_type(query.pluck(Song.title, Song.plays), list[tuple[str, int | None]])
assert_type(query.pluck("title"), list[Any])
assert_type(query.each(), Iterator[Song])
assert_type(query.to_params(), dict[str, Any])
for song in query:
    assert_type(song, Song)

assert_type(Song.first(), Song | None)
assert_type(Song.all(), list[Song])
assert_type(Song.order("title").first(), Song | None)

# A scope is called like the function, without its query.
assert_type(Song.popular(), orm.Query[Song])
assert_type(Song.popular(5).where(Song.title == "x").first(), Song | None)
assert_type(Song.where().popular(5), orm.Query[Song])

# Users and sessions.
assert_type(orm.User.login("ann", "pw"), orm.User)
assert_type(orm.User.for_token("r:x"), orm.User | None)
assert_type(orm.User.verify_password("ann", "pw"), bool)
assert_type(orm.Session.me(), orm.Session)
assert_type(orm.Session.for_token("r:x"), orm.Session | None)
assert_type(orm.Session.me().user, orm.User | None)
assert_type(orm.Session.me().time_remaining, timedelta | None)
assert_type(orm.Session.me().expires_within(60), bool)
assert_type(orm.Session.revoke_all_for_user("a", keep="r:x"), int)
assert_type(orm.Session.active(), orm.Query[orm.Session])
assert_type(orm.connect(), orm.Client)
assert_type(orm.current_client().sessions.all("limit=1"), list[orm.Session])
