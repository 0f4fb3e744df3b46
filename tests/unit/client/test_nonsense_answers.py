"""Whatever a server answers: an error of ours within a bounded number of requests, or a whole object.

The answers are generated: JSON of the shapes that Parse Server uses with anything in their places, and no JSON at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import parse_orm as orm
from parse_orm.client.push import send_push
from parse_orm.errors import ParseOrmError
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Request, Response
from parse_orm.web.errors import SessionError
from parse_orm.web.stores.parse import ParseStore

#: More requests than any verb may send about answers that repeat.
BOUND = 40

KEYS = (
    *("results", "count", "objectId", "createdAt", "updatedAt", "sessionToken", "success", "error", "code", "result"),
    *("params", "masterKeyOnly", "jobs", "fields", "classLevelPermissions", "name", "url", "functionName", "className"),
    *("triggerName", "authData", "authDataResponse", "mfa", "recovery", "parseOrmValue", "__type", "plays", "title"),
    "data",
)
DEEP = json.loads("[" * 300 + "]" * 300)

scalars = st.sampled_from([None, True, False, 0, 1, -1, 1.5, 10**30, "", "x", "song1", "Pointer", "Object", "Date"])
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)),
    max_leaves=8,
)
rows = st.dictionaries(st.sampled_from(KEYS), values, max_size=3).flatmap(
    lambda row: st.sampled_from([{**row, "objectId": "song1"}, {**row, "objectId": "song2"}, row])
)
shapes = st.one_of(
    values,
    rows,
    st.fixed_dictionaries({"results": st.lists(rows | values, max_size=3)}, optional={"count": values}),
    st.lists(st.fixed_dictionaries({"success": values | rows}) | values, max_size=2),
)
bodies = st.one_of(
    shapes.map(lambda value: json.dumps(value).encode()),
    st.sampled_from(
        [b"", b" ", b"<html>", b"{", b'{"results": [1e999]}', b"[" * 3000, b"\xff", json.dumps(DEEP).encode()]
    ),
)
responses = st.builds(
    Response,
    st.sampled_from([200, 200, 200, 201, 204]),
    st.sampled_from([{}, {}, {"Location": "/parse/classes/Tune9/song9"}, {"Location": "/x"}]),
    bodies,
)


class Tune9(orm.ParseObject):
    title = orm.property(str)
    plays = orm.property(int)


class Endless(BaseException):
    """Raised when a verb does not stop asking; nothing in the library catches it."""


def new() -> Tune9:
    return Tune9(title="x", plays=1)


def loaded() -> Tune9:
    return Tune9._hydrate(
        [{"objectId": "song1", "title": "a", "plays": 1, "updatedAt": "2026-01-01T00:00:00.000Z"}],
        Tune9.pointer("song1")._origin,
    )[0]


def changed() -> Tune9:
    song = loaded()
    song.title = "b"
    return song


def has_id(found: Any) -> bool:
    return found is None or (type(found.id) is str and found.id != "")


def have_ids(found: Any) -> bool:
    return all(map(has_id, found)) and None not in found


def is_user(found: Any) -> bool:
    return has_id(found) and type(found.session_token) is str and found.session_token != ""


def is_count(found: Any) -> bool:
    return type(found) is int and found >= 0


def anything(found: Any) -> bool:
    return True


VERBS: dict[str, tuple[Callable[[], Any], Callable[[Any], bool]]] = {
    "create": (lambda: new().save(), has_id),
    "update": (lambda: changed().save(), has_id),
    "update unless it changed": (lambda: changed().save(if_unchanged=True), has_id),
    "increment": (lambda: loaded().increment("plays"), has_id),
    "destroy": (lambda: loaded().destroy(), lambda found: type(found) is bool),
    "fetch": (lambda: loaded().fetch(), lambda found: found.id == "song1"),
    "reload": (lambda: loaded().reload(), lambda found: found.id == "song1"),
    "find": (lambda: Tune9.find("song1"), lambda found: found is None or found.id == "song1"),
    "get many": (lambda: Tune9.get_many(["song1", "song2"]), have_ids),
    "all": (lambda: Tune9.query().all(), have_ids),
    "ordered": (lambda: Tune9.query().order("plays").all(), have_ids),
    "by position": (lambda: Tune9.query().order("plays", "title").all(), have_ids),
    "cursor": (lambda: list(Tune9.query().cursor(2)), have_ids),
    "pluck": (lambda: Tune9.query().pluck("title"), lambda found: type(found) is list),
    "first": (lambda: Tune9.query().first(), has_id),
    "exists": (lambda: Tune9.query().exists(), lambda found: type(found) is bool),
    "count": (lambda: Tune9.query().count(), is_count),
    "count where": (lambda: Tune9.where(plays=1).count(), is_count),
    "count distinct": (lambda: Tune9.query().count_distinct("title"), is_count),
    "sum": (lambda: Tune9.query().sum("plays"), lambda found: type(found) in (int, float)),
    "sum of some": (lambda: Tune9.where(title="x").sum("plays"), lambda found: type(found) in (int, float)),
    "average": (lambda: Tune9.query().average("plays"), lambda found: found is None or type(found) in (int, float)),
    "max": (lambda: Tune9.query().max("plays"), lambda found: found is None or type(found) in (int, float)),
    "groups": (
        lambda: Tune9.query().group_by("plays").count(),
        lambda found: all(map(is_count, found.values())),
    ),
    "aggregate": (
        lambda: Tune9.query().aggregate([{"$group": {"_id": None}}]),
        lambda found: all(type(one) is dict for one in found),
    ),
    "explain": (lambda: Tune9.query().explain(), lambda found: type(found) is list),
    "update all": (lambda: Tune9.query().update_all(title="x"), lambda found: have_ids(found.saved)),
    "delete all": (lambda: Tune9.query().delete_all(), lambda found: have_ids(found.saved)),
    "destroy all": (lambda: Tune9.query().destroy_all(), lambda found: have_ids(found.saved)),
    "save all": (lambda: orm.save_all([new(), changed()]), lambda found: have_ids(found.saved)),
    "fetch all": (lambda: orm.fetch_all([loaded()]), lambda found: have_ids(found.saved)),
    "first or create": (lambda: Tune9.first_or_create(title="x"), has_id),
    "create or update": (lambda: Tune9.create_or_update(title="x"), has_id),
    "signup": (lambda: orm.User.signup("ann", "pw"), is_user),
    "login": (lambda: orm.User.login("ann", "pw"), is_user),
    "login as": (lambda: orm.User.login_as("song1"), is_user),
    "login with": (lambda: orm.User.login_with("anonymous", {"id": "1"}), has_id),
    "user of a token": (lambda: orm.User.for_token("r:1"), has_id),
    "verify": (lambda: orm.User.verify_password("ann", "pw"), lambda found: type(found) is bool),
    "second factor": (
        lambda: orm.User.pointer("song1").enable_mfa("x" * 20, "1"),
        lambda found: found != [] and all(type(code) is str and code for code in found),
    ),
    "unlink": (lambda: orm.User.pointer("song1").unlink("anonymous"), has_id),
    "session of a token": (lambda: orm.Session.for_token("r:1"), has_id),
    "sessions": (lambda: orm.current_client().sessions.all(), have_ids),
    "session update": (
        lambda: orm.current_client().sessions.update("s1", {"note": 1}),
        lambda found: found is not None,
    ),
    "active sessions": (lambda: orm.Session.active_count_for_user("u1"), is_count),
    "revoke": (lambda: orm.Session.revoke_all_for_user("u1"), is_count),
    "purge": (lambda: orm.Session.purge_expired(), is_count),
    "role": (lambda: orm.Role.find_by_name("x"), has_id),
    "config": (lambda: orm.config.get(), lambda found: type(found) is dict),
    "config secrets": (lambda: orm.config.master_only(), lambda found: all(type(name) is str for name in found)),
    "hooks": (lambda: orm.hooks.functions(), lambda found: all(type(url) is str for url in found.values())),
    "triggers": (lambda: orm.hooks.triggers(), lambda found: all(type(url) is str for url in found.values())),
    "schemas": (lambda: orm.schemas.all(), lambda found: all(type(one) is dict for one in found)),
    "schema": (lambda: orm.schemas.get("Tune9"), lambda found: found is None or type(found["fields"]) is dict),
    "permissions": (lambda: orm.schemas.permissions("Tune9"), lambda found: type(found) is dict),
    "function": (lambda: orm.call("f"), anything),
    "job": (lambda: orm.start_job("j"), has_id),
    "push": (lambda: send_push(orm.current_client(), {}), lambda found: type(found) is str),
    "track": (lambda: orm.track("e"), anything),
    "upload": (
        lambda: orm.File("a.txt", b"x").save(),
        lambda found: type(found.url) is str and type(found.name) is str,
    ),
    "file info": (lambda: orm.File("a.txt").info(), lambda found: type(found) is dict),
    "health": (lambda: orm.current_client().health(), lambda found: type(found) is dict),
    "server info": (lambda: orm.current_client().server_info(), lambda found: type(found) is dict),
    "web session": (lambda: ParseStore().read("song1"), lambda found: found is None),
    "web sessions": (lambda: ParseStore().list_for_user("u1"), lambda found: found == []),
    "web cleaning": (lambda: ParseStore().gc(), is_count),
}


@pytest.mark.filterwarnings("ignore::parse_orm.ParseOrmWarning")  # a web page from /batch is told once
@pytest.mark.parametrize("verb", VERBS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(answers=st.lists(responses, min_size=1, max_size=3))
def test_nonsense_is_an_error_of_ours_and_never_half_an_object(verb: str, answers: list[Response]) -> None:
    asked = 0

    def answer(request: Request) -> Response:
        nonlocal asked
        asked += 1
        if asked > BOUND:
            raise Endless
        return answers[(asked - 1) % len(answers)]

    do, is_sound = VERBS[verb]
    client = orm.Client(
        "http://localhost:1337/parse",
        "app",
        rest_key="r",
        master_key="m",
        transport=MemoryTransport(answer),
        retries=orm.Retry(attempts=1),
    )
    with orm.using(client):
        try:
            found = do()
        except (ParseOrmError, SessionError):
            return
    assert is_sound(found)
