"""What a declaration promises: the type of every field, on the instance and on the class."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any, assert_type
from zoneinfo import ZoneInfo

import parse_orm as orm
from parse_orm.expressions import Criterion, Ordering
from parse_orm.fields.property import Property


class Mood(Enum):
    CALM = "calm"


class Author(orm.ParseObject):
    name = orm.property(str, required=True)


class Post(orm.ParseObject):
    title = orm.property(str)
    slug = orm.property(str, required=True)
    views = orm.property(int, default=0)
    score = orm.property(float)
    mood = orm.property(Mood)
    published = orm.property(datetime)
    place = orm.property(orm.GeoPoint)
    zone = orm.property(ZoneInfo)
    cover = orm.property(bytes)
    info = orm.property(dict[str, Any], default=dict)
    tags = orm.array(str)
    author = orm.belongs_to(Author)
    editor = orm.belongs_to(lambda: Author)
    reader = orm.belongs_to["Later"]("Later")
    someone = orm.belongs_to("Later")
    preview = orm.has_one(Author)


class Later(orm.ParseObject):
    name = orm.property(str)


post = Post(title="x", slug="y")

# On an instance: the value, None where nothing promises one.
assert_type(post.title, str | None)
assert_type(post.slug, str)
assert_type(post.views, int)
assert_type(post.score, float | None)
assert_type(post.mood, Mood | None)
assert_type(post.published, datetime | None)
assert_type(post.place, orm.GeoPoint | None)
assert_type(post.zone, ZoneInfo | None)
assert_type(post.cover, bytes | None)
assert_type(post.tags, list[str])
assert_type(post.author, Author | None)
assert_type(post.editor, Author | None)
assert_type(post.reader, Later | None)
assert_type(post.preview, Author | None)
assert_type(post.id, str)
assert_type(post.created_at, datetime)
assert_type(post.updated_at, datetime)
assert_type(post.acl, orm.ACL)

# On the class: an expression.
assert_type(Post.title, Property[str, str | None])
assert_type(Post.title == "x", Criterion)
assert_type(Post.title != None, Criterion)  # noqa: E711
assert_type(Post.views >= 10, Criterion)
assert_type(Post.views.between(1, 2), Criterion)
assert_type(Post.title.in_(["x", None]), Criterion)
assert_type(Post.title.startswith("x"), Criterion)
assert_type((Post.views > 1) & ~(Post.title == "x") | (Post.score < 0.5), Criterion)
assert_type(Post.author == Author.pointer("a"), Criterion)
assert_type(Post.author != None, Criterion)  # noqa: E711
assert_type(Post.title.desc(), Ordering)

# Assignment takes what reading gives.
post.title = None
post.title = "x"
post.views = 3
post.tags = ["a"]
post.author = Author(name="Ann")
post.author = None

# Persistence keeps the class.
assert_type(post.save(), Post)
assert_type(post.update(title="x"), Post)
assert_type(post.reload(), Post)
assert_type(post.increment("views"), Post)
assert_type(post.destroy(), bool)
assert_type(Post.create(title="x"), Post)
assert_type(Post.get("a"), Post)
assert_type(Post.find("a"), Post | None)
assert_type(Post.get_many(["a"]), list[Post])
assert_type(Post.pointer("a"), Post)
assert_type(Post.from_params({"title": "x"}, only=["title"]), Post)
