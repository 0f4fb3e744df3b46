"""Mistakes that both type checkers see before anything runs."""

from __future__ import annotations

import parse_orm as orm


class Author(orm.ParseObject):
    name = orm.property(str)


class Post(orm.ParseObject):
    title = orm.property(str)
    slug = orm.property(str, required=True)
    views = orm.property(int, default=0)
    tags = orm.array(str)
    author = orm.belongs_to(Author)
    oops = orm.property(str, defualt="x")  # error

    @orm.scope
    @staticmethod
    def popular(q: orm.Query[Post], at_least: int = 100) -> orm.Query[Post]:
        return q.where(Post.views >= at_least)


post = Post()

Post.views >= "x"  # error
Post.title < 3  # error
Post.title.startswith(3)  # error
Post.views.between(1, "x")  # error

post.tags.append(1)  # error
post.views = None  # error
post.slug = None  # error
post.title = 3  # error
post.tags = None  # error
post.tags = [1]  # error
post.author = post  # error

Post.popular("many")  # error
Post.where(Post.title == "x").first().title  # error
Post.where("title").all()  # error
Post.get(3)  # error
post.save(sesion="r:x")  # error
Post.first(sesion="r:x")  # error
orm.User.login("ann")  # error
