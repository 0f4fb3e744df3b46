"""What files, permissions, the built-in classes and the endpoints promise about types."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, assert_type

import parse_orm as orm


class Album(orm.ParseObject, acl="owner_else_private", acl_owner="owner"):
    title = orm.property(str, required=True)
    cover = orm.property(orm.File)
    owner = orm.belongs_to(orm.User)


class Member(orm.User, acl="public_read"):
    nickname = orm.property(str)


album = Album.create(title="x")
assert_type(album.cover, orm.File | None)
assert_type(album.owner, orm.User | None)
assert_type(Album.class_permissions(), dict[str, Any] | None)
assert_type(Album.describe_access(), dict[str, Any])

file = orm.File("a.txt", b"x", metadata={"a": 1})
assert_type(file.save(), orm.File)
assert_type(file.read(), bytes)
assert_type(file.download("."), Path)
assert_type(orm.File("a.txt", Path("a.txt")).destroy(), bool)

assert_type(orm.can_read(None, album), orm.Access)
assert_type(orm.can_read("x1", album).verdict, Literal["allowed", "denied", "unknown"])

assert_type(Member.signup("ann", "pw"), Member)
assert_type(Member.anonymous(), Member)
assert_type(Member.login_with("google", {"id": "1"}).claim("ann", "pw"), Member)
assert_type(Member.new_mfa_secret(), str)
assert_type(Member().enable_mfa("s", "1"), list[str])

assert_type(orm.Role.names_for("x1"), set[str])
assert_type(orm.Role(name="x").add_users("x1").save(), orm.Role)
assert_type(orm.Role(name="x").ancestors(), list[orm.Role])
assert_type(orm.Role.find_by_name("x"), orm.Role | None)

assert_type(orm.config.get(), dict[str, Any])
assert_type(orm.start_job("x").wait(), orm.JobStatus)
assert_type(orm.JobStatus().duration, timedelta | None)
assert_type(orm.push("Hi", channels=["a"], expires_in=60), orm.PushStatus)
assert_type(orm.hooks.functions(), dict[str, str])
assert_type(orm.schemas.get(Album), dict[str, Any] | None)
assert_type(orm.Installation().subscribe("a"), orm.Installation)
assert_type(orm.Installation().channels, list[str])
assert_type(orm.Audience.of("x", orm.Installation.where(device_type="ios")), orm.Audience)
assert_type(orm.current_client().call("x"), Any)
