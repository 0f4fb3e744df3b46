"""Calls that cannot be meant: each must raise an error of the library's, and change nothing on the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import parse_orm as orm
from tests.model_based.models import MbArtist, MbNamed, MbSong, MbTicket

#: Takes a song, saved if there is one, and a user; whoever has the master key asks.
Misuse = Callable[[Any, Any], Any]

MISUSES: list[tuple[str, Misuse]] = []


def _add(name: str, call: Misuse) -> None:
    MISUSES.append((name, call))


def _set(obj: Any, name: str, value: Any) -> None:
    setattr(obj, name, value)


def _set_item(obj: Any, name: str, value: Any) -> None:
    obj[name] = value


def _declared(name: str, /, *bases: type, **options: Any) -> Any:
    members = {key: value for key, value in options.items() if key != "keywords"}
    return type(name, bases or (orm.ParseObject,), {"__module__": __name__, **members}, **options.get("keywords", {}))


_add("delete_all by a criterion of another class", lambda song, user: MbSong.where(MbArtist.plays != 77).delete_all())
_add("destroy_all by one", lambda song, user: MbSong.where(~(MbArtist.plays == 77)).destroy_all())
_add("update_all by one", lambda song, user: MbTicket.where(MbArtist.plays != 77).update_all(title="b"))
_add("one in an alternative", lambda song, user: MbSong.where((MbSong.live == True) | (MbArtist.plays != 77)).count())  # noqa: E712
_add("order by a column of another class", lambda song, user: MbSong.order(MbArtist.plays).all())
_add("keys of another class", lambda song, user: MbSong.keys(MbArtist.plays).all())
_add("an operation in a dict of create", lambda song, user: MbSong.create(info={"__op": "Delete"}))
_add("one in a dict of a saved object", lambda song, user: _copy_of(song).update(info={"__op": "Delete"}))
_add("one deep in a dict", lambda song, user: MbSong.create(info={"a": [{"__op": "Increment", "amount": 1}]}))
_add("a type in a dict", lambda song, user: MbSong.create(info={"a": {"__type": "Relation", "className": "MbArtist"}}))
_add("an operation in update_all", lambda song, user: MbSong.where().update_all(info={"__op": "Delete"}))
_add("a misspelt attribute", lambda song, user: _set(song, "tilte", "x"))
_add("one in brackets", lambda song, user: _set_item(song, "tilte", "x"))
_add("one in update", lambda song, user: _copy_of(song).update(tilte="x"))
_add("one in create", lambda song, user: MbSong.create(tilte="x"))
_add("one in update_all", lambda song, user: MbSong.where().update_all(tilte="x"))
_add("one in where", lambda song, user: MbSong.where(tilte="x").delete_all())
_add("Session.revoke of a user", lambda song, user: orm.Session.revoke(user))
_add("Session.revoke of a song", lambda song, user: orm.Session.revoke(song))
_add("destroy of another class", lambda song, user: MbTicket.destroy(song))
_add("User.logout of a song", lambda song, user: orm.User.logout(song))
_add("destroy_all of an object", lambda song, user: orm.destroy_all(song))
_add("destroy_all of ids", lambda song, user: orm.destroy_all([song.id, user.id]))
_add("save_all of None", lambda song, user: orm.save_all([None]))
_add("conditions of exists", lambda song, user: MbSong.exists(title="x"))
_add("conditions of delete_all", lambda song, user: MbSong.where().delete_all(title="zz"))
_add("a keyword for the master key that is no bool", lambda song, user: _copy_of(song).update(master="Ann", title="b"))
_add("a right that is none", lambda song, user: _set(_copy_of(song), "acl", orm.ACL({"*": {"delete": True}})))
_add("a right that is neither true nor false", lambda song, user: orm.ACL({"*": {"read": "yes"}}))  # type: ignore[dict-item]
_add("an access list of a word", lambda song, user: orm.ACL("public"))  # type: ignore[arg-type]
_add("a column called master", lambda song, user: _declared("MbOdd", master=orm.property(str)))
_add("a column called session", lambda song, user: _declared("MbOdd", session=orm.property(str)))
_add("a column called defaults", lambda song, user: _declared("MbOdd", defaults=orm.property(str)))
_add("a column in the place of id", lambda song, user: _declared("MbOdd", id=orm.property(str)))
_add("a model called Product", lambda song, user: _declared("Product", name=orm.property(str)))
_add("a class without a name", lambda song, user: _declared("MbOdd", keywords={"class_name": ""}))
_add("a model that extends another", lambda song, user: _declared("MbOdd", MbSong))
_add("rows of an abstract base", lambda song, user: MbNamed.where().delete_all())
_add("an object of an abstract base", lambda song, user: MbNamed(title="a").save())
_add("a relation that is set", lambda song, user: _set(song, "fans", []))
_add("a key of digits", lambda song, user: MbSong.where(MbSong.info["2024"] == 7).delete_all())
_add("a question for passwords", lambda song, user: orm.User.where(password="x").all())
_add("a pattern that is none", lambda song, user: MbSong.where(title__regex="(").delete_all())
_add("an order of numbers", lambda song, user: MbSong.order(5).all())  # type: ignore[arg-type]
_add(
    "a row made behind an inequality",
    lambda song, user: MbSong.where(MbSong.plays > 999).first_or_create(title="a", defaults={"plays": 1}),
)
_add(
    "a row made through a relation",
    lambda song, user: MbSong.pointer("xWMyZ4YEGZ").fans.first_or_create(title="nobody is called so"),
)
_add("a row that contradicts its query", lambda song, user: MbSong.where(live=True).first_or_create(live=False))
_add("an increment of a text", lambda song, user: song.increment("title"))
_add("a text in a number", lambda song, user: _set(song, "plays", "many"))
_add("a criterion that is none", lambda song, user: MbSong.where(True).delete_all())  # type: ignore[arg-type]


def _copy_of(song: Any) -> Any:
    """An object of the same row, so that what is set here stays out of the machine's own."""
    return song if song.is_new else MbSong.pointer(song.id)
