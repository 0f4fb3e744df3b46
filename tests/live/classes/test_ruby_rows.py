"""Every row of the Ruby page that talks to the server does what it says, on the real server."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

import parse_orm as orm

pytestmark = pytest.mark.usefixtures("parse_client")
TABLE = Path(__file__).resolve().parents[3] / "docs" / "data" / "ruby_methods.csv"
URL = "https://hooks.example.com/a"


class Melody(orm.ParseObject, permissions=orm.permissions(delete="master")):
    title = orm.property(str)
    plays = orm.property(int, default=0)
    tags = orm.array(str)
    fans = orm.has_many("User", through="relation")


CHECKS: dict[str, Callable[[], None]] = {}


def row(*names: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Let a function check the rows of these Python names."""

    def keep(check: Callable[[], None]) -> Callable[[], None]:
        CHECKS.update(dict.fromkeys(names, check))
        return check

    return keep


def melodies(count: int = 3) -> list[Melody]:
    """Saved rows: a, b, c ... with 0, 1, 2 ... plays."""
    return [Melody.create(title=chr(97 + n), plays=n, tags=["x"]) for n in range(count)]


def fresh(melody: Melody) -> Melody:
    """The row as the server has it."""
    return Melody.get(str(melody.id))


@row("ParseObject.save", "ParseObject.create", "ParseObject.update")
def saving() -> None:
    melody = Melody(title="a").save()
    melody.update(title="b")
    assert fresh(melody).title == "b"
    assert Melody.create(title="c").id


@row("ParseObject.get", "ParseObject.find", "ParseObject.get_many")
def finding_by_id() -> None:
    a, b, _ = melodies()
    assert Melody.get(str(a.id)) == a
    assert Melody.find("missing000") is None
    assert Melody.get_many([str(b.id), str(a.id)]) == [b, a]


@row("ParseObject.all", "ParseObject.each", "ParseObject.first", "ParseObject.count")
def reading_rows() -> None:
    rows = melodies()
    assert set(Melody.all()) == set(Melody.each(batch_size=2)) == set(rows)
    assert Melody.first() in rows
    assert Melody.count() == 3


@row("ParseObject.distinct", "ParseObject.count_distinct")
def distinct_values() -> None:
    melodies()
    Melody.create(title="a")
    assert sorted(Melody.distinct("title")) == ["a", "b", "c"]
    assert Melody.count_distinct("title") == 3


@row("ParseObject.cursor")
def walking_by_cursor() -> None:
    rows = melodies()
    cursor = Melody.cursor(limit=2)
    pages = [cursor.next_page(), cursor.next_page()]
    assert [len(page) for page in pages] == [2, 1]
    assert {melody for page in pages for melody in page} == set(rows)


@row("ParseObject.latest", "ParseObject.oldest", "ParseObject.last_updated")
def by_age() -> None:
    a, b, c = melodies()
    assert Melody.latest() == c
    assert Melody.oldest() == a
    b.update(plays=9)
    assert Melody.last_updated() == b


@row("ParseObject.fetch", "ParseObject.reload", "Query.as_dicts")
def reading_again() -> None:
    (melody,) = melodies(1)
    Melody.get(str(melody.id)).update(title="z")
    assert melody.reload().title == "z"
    assert Melody.pointer(str(melody.id)).fetch().title == "z"
    assert [one["title"] for one in Melody.query().as_dicts()] == ["z"]


@row("ParseObject.destroy")
def destroying() -> None:
    (melody,) = melodies(1)
    assert melody.destroy()
    assert not melody.destroy()
    assert Melody.count() == 0


@row("ParseObject.increment", "ParseObject.add", "ParseObject.add_unique", "ParseObject.remove", "ParseObject.unset")
def atomic_operations() -> None:
    (melody,) = melodies(1)
    other = fresh(melody)
    melody.increment("plays", 2)
    other.increment("plays", 3)
    assert fresh(melody).plays == 5
    melody.add("tags", "y")
    melody.add_unique("tags", "x", "z")
    assert sorted(fresh(melody).tags) == ["x", "y", "z"]
    melody.remove("tags", "y")
    assert sorted(fresh(melody).tags) == ["x", "z"]
    melody.unset("title")
    assert fresh(melody).title is None


@row("Relation.add", "Relation.remove")
def relations() -> None:
    ann, bob = orm.User.signup("ann", "pw"), orm.User.signup("bob", "pw")
    (melody,) = melodies(1)
    melody.fans.add(ann, bob)
    melody.save()
    assert set(fresh(melody).fans) == {ann, bob}
    melody.fans.remove(bob)
    melody.save()
    assert list(fresh(melody).fans) == [ann]


@row("Role.names_for")
def role_names() -> None:
    ann = orm.User.signup("ann", "pw")
    orm.Role(name="Press").add_users(ann).save()
    assert orm.Role.names_for(ann) == {"Press"}


@row("schemas.create", "schemas.get", "schemas.update")
def schemas() -> None:
    orm.schemas.create("Ticket")
    orm.schemas.update("Ticket", {"fields": {"seat": {"type": "String"}}, "indexes": {"seats": {"seat": 1}}})
    schema = orm.schemas.get("Ticket")
    assert schema is not None
    assert schema["fields"]["seat"] == {"type": "String"}
    assert schema["indexes"]["seats"] == {"seat": 1}
    orm.schemas.delete("Ticket")


@row("schemas.permissions", "schemas.apply_permissions")
def class_permissions() -> None:
    melodies(1)
    orm.schemas.apply_permissions(Melody)
    assert orm.schemas.permissions(Melody)["delete"] == {}
    orm.schemas.update(Melody, {"classLevelPermissions": {}})


@row("hooks.set_function", "hooks.set_trigger")
def webhooks() -> None:
    orm.hooks.set_function("hello", URL)
    orm.hooks.set_trigger("Melody", "afterSave", URL)
    assert orm.hooks.functions() == {"hello": URL}
    assert orm.hooks.triggers() == {("Melody", "afterSave"): URL}
    orm.hooks.remove_trigger("Melody", "afterSave")


@row("Session.for_token", "Session.active", "Session.expired", "Session.for_user", "Session.active_count_for_user")
def sessions() -> None:
    ann = orm.User.signup("ann", "pw")
    session = orm.Session.for_token(ann)
    assert session is not None
    assert orm.Session.for_token("r:" + "0" * 32) is None
    assert orm.Session.active().all() == orm.Session.for_user(ann).all() == [session]
    assert orm.Session.expired().all() == []
    assert orm.Session.active_count_for_user(ann) == 1
    assert session.expires_within(timedelta(days=400))


@row("Session.revoke", "Session.revoke_all_for_user", "Session.installation")
def ending_sessions() -> None:
    ann = orm.User.signup("ann", "pw")
    session = orm.Session.for_token(ann)
    assert session is not None
    assert session.installation is None
    assert session.revoke()
    assert not session.revoke()
    orm.User.login("ann", "pw")
    orm.User.login("ann", "pw")
    assert orm.Session.revoke_all_for_user(ann) == 2


def rows_that_talk() -> set[str]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["server"] == "yes"]
    return {name for line in lines for name in line["python"].split("; ")}


def test_every_row_that_talks_to_the_server_is_checked() -> None:
    assert rows_that_talk() == set(CHECKS)


@pytest.mark.parametrize("check", list(dict.fromkeys(CHECKS.values())), ids=lambda check: check.__name__)
def test_a_row_does_what_it_says(check: Callable[[], None]) -> None:
    check()
