"""Mistakes with files, permissions and endpoints that both type checkers see."""

from __future__ import annotations

import parse_orm as orm


class Album(orm.ParseObject):
    cover = orm.property(orm.File)


album = Album()
album.cover = "cover.png"  # error
orm.File(b"content")  # error
orm.File("a.txt", 3)  # error
orm.push("Hi", chanels=["a"])  # error
orm.call(3)  # error
orm.config.update({"a": 1}, master=True)  # error
orm.can_read(album)  # error
orm.permissions(finding="public")  # error
orm.User.login_with("google")  # error
orm.Role(name="x").acl_key = "role:y"  # error
