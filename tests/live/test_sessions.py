"""Session on a real Parse Server: every row of the API, the gem's defects (D..) and what the server really does."""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import parse_orm as orm
from tests.live.people import DEAD, BrokenBatch, Watched, expire, log_in, session_of, sign_up, token

pytestmark = pytest.mark.live

YESTERDAY = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)


@pytest.fixture(autouse=True)
def client(parse_client: orm.Client) -> orm.Client:
    return parse_client


# -- which tokens are alive -------------------------------------------------------------------


def test_a_live_token_gives_its_session() -> None:
    ann = sign_up()

    session = orm.Session.for_token(token(ann))

    assert session is not None
    assert session.user == ann
    assert session.session_token == ann.session_token
    assert session.created_with == {"action": "signup", "authProvider": "password"}
    assert session.is_active
    assert not session.is_expired


@pytest.mark.parametrize(
    "dead", [DEAD, "r:short", "plainly wrong", "r:' OR 1=1 --", "a" * 4000], ids=lambda text: text[:16]
)
def test_d1_a_dead_or_malformed_token_gives_none_and_strict_raises(dead: str) -> None:
    assert orm.Session.for_token(dead) is None
    assert orm.User.for_token(dead) is None
    with pytest.raises(orm.InvalidSessionToken):
        orm.Session.for_token(dead, strict=True)


@pytest.mark.parametrize("blank", ["", "   ", "\t"])
def test_a_blank_token_is_a_value_error_and_sends_nothing(blank: str, parse_server: Any) -> None:
    watched = Watched(parse_server.config())

    with orm.using(watched.client):
        for ask in (orm.Session.for_token, orm.User.for_token, orm.as_user, orm.Session.active().as_user):
            with pytest.raises(ValueError, match="blank"):
                ask(blank)

    assert watched.sent == []


@pytest.mark.parametrize("hostile", ["r:a\r\nX-Parse-Master-Key: x", "r:\x00", "r:\u2028"])
def test_a_token_that_no_header_can_carry_is_refused(hostile: str, parse_server: Any) -> None:
    watched = Watched(parse_server.config())

    with orm.using(watched.client), pytest.raises(orm.InvalidValue):
        orm.Session.for_token(hostile)

    assert watched.sent == []


def test_a_revoked_token_is_dead_at_once() -> None:
    sign_up()
    ann = log_in()
    assert orm.User.for_token(token(ann)) == ann  # now the server caches it

    assert session_of(ann).revoke() is True

    assert orm.Session.for_token(token(ann)) is None
    assert orm.User.for_token(token(ann)) is None
    with pytest.raises(orm.InvalidSessionToken), orm.as_user(token(ann)):
        orm.Session.me()


def test_an_expired_token_is_dead_though_the_server_answers_200_for_it(client: orm.Client) -> None:
    ann = sign_up()
    old = expire(client, ann, YESTERDAY)
    raw = client.request("GET", "/sessions/me", credential=client.credential(session=old))
    assert raw["sessionToken"] == old, "the trap: /sessions/me takes dead tokens"

    assert orm.Session.for_token(old) is None
    assert orm.User.for_token(old) is None
    with pytest.raises(orm.SessionExpired):
        orm.Session.for_token(old, strict=True)
    with orm.as_user(old):
        with pytest.raises(orm.SessionExpired):
            orm.Session.me()
        with pytest.raises(orm.SessionExpired):
            orm.User.me()


def test_a_token_that_ran_out_in_the_server_s_cache_is_dead_here_already(client: orm.Client) -> None:
    ann = sign_up()
    assert orm.User.for_token(token(ann)) == ann  # cached for five seconds with the old end

    expire(client, ann, YESTERDAY)

    assert orm.Session.for_token(token(ann)) is None


def test_the_token_of_a_deleted_user_is_dead_though_its_row_is_there(client: orm.Client) -> None:
    ann = sign_up()
    client.request("DELETE", f"/users/{ann.id}")
    raw = client.request("GET", "/sessions/me", credential=client.credential(session=token(ann)))
    assert raw["sessionToken"] == ann.session_token

    assert orm.User.for_token(token(ann)) is None
    assert orm.Session.for_token(token(ann)) is None


def test_d2_the_token_asked_about_wins_over_every_context(parse_server: Any) -> None:
    ann, bob = sign_up("ann"), sign_up("bob")
    bound = orm.Client(**parse_server.config(), session_token=token(bob))

    for block in (orm.as_user(bob), orm.as_anonymous(), orm.as_master(), orm.using(bound)):
        with block:
            found = orm.Session.for_token(token(ann), strict=True)
            assert found is not None
            assert found.user_id == ann.id
            assert orm.User.for_token(token(ann)) == ann


def test_d3_options_that_it_would_not_honour_are_refused() -> None:
    for option in ("cache", "use_master_key", "master"):
        with pytest.raises(TypeError, match=option):
            orm.Session.for_token(DEAD, **{option: True})


# -- who am I ---------------------------------------------------------------------------------


def test_me_is_the_session_of_the_current_token(parse_server: Any) -> None:
    sign_up()
    ann = log_in()

    with orm.as_user(ann):
        assert orm.Session.me().created_with == {"action": "login", "authProvider": "password"}
    with orm.using(orm.Client(**parse_server.config(), session_token=token(ann))):
        assert orm.Session.me().session_token == ann.session_token


def test_me_without_a_token_is_refused_here(parse_server: Any) -> None:
    watched = Watched(parse_server.config())

    with orm.using(watched.client):
        with pytest.raises(orm.SessionTokenMissing):
            orm.Session.me()
        with orm.as_anonymous(), pytest.raises(orm.SessionTokenMissing):
            watched.client.sessions.me()

    assert watched.sent == []


# -- questions --------------------------------------------------------------------------------


def test_active_and_expired_part_the_sessions_of_a_user(client: orm.Client) -> None:
    ann = sign_up()
    live = session_of(ann)
    expire(client, log_in(), YESTERDAY)
    forever = session_of(log_in())
    client.request("PUT", f"/sessions/{forever.id}", {"expiresAt": {"__op": "Delete"}})
    bob = sign_up("bob")

    active = orm.Session.active().for_user(ann).all()

    assert {session.id for session in active} == {live.id, forever.id}
    assert orm.Session.for_user(ann.id).expired().count() == 1
    assert orm.Session.active_count_for_user(ann) == 2
    assert orm.Session.active_count_for_user(bob.id) == 1
    assert forever.reload().expires_at is None
    assert forever.is_active
    assert forever.time_remaining is None


def test_counting_active_sessions_is_one_request(parse_server: Any) -> None:
    ann = sign_up()
    watched = Watched(parse_server.config())

    with orm.using(watched.client):
        assert orm.Session.active_count_for_user(ann.id) == 1

    assert watched.sent == ["POST /sessions"]


def test_lists_come_without_tokens_unless_asked() -> None:
    ann = sign_up()
    log_in()

    rows = orm.Session.active().for_user(ann).order("created_at").limit(10).all()

    assert [row.session_token for row in rows] == [None, None]
    assert all("sessionToken" not in row._wire for row in rows)
    assert [row.session_token for row in ann.sessions()] == [None, None]
    with_tokens = orm.Session.for_user(ann).with_tokens().all()
    assert ann.session_token in [row.session_token for row in with_tokens]


def test_a_session_read_by_id_comes_without_its_token(client: orm.Client) -> None:
    session = session_of(sign_up())

    assert orm.Session.get(session.id).session_token is None
    assert client.sessions.get(session.id).session_token is None
    assert client.sessions.all()[0].session_token is None


def test_reloading_keeps_the_token_that_is_known() -> None:
    ann = sign_up()
    session = session_of(ann)

    assert session.reload().session_token == ann.session_token


def test_a_user_sees_its_own_sessions_and_no_others() -> None:
    ann, bob = sign_up("ann"), sign_up("bob")
    his = session_of(bob)

    with orm.as_user(ann):
        assert [row.user_id for row in orm.Session.active()] == [ann.id]
        assert orm.Session.for_user(bob).all() == []
        assert orm.Session.find(his.id) is None
        with pytest.raises(orm.ObjectNotFound):
            orm.Session.get(his.id)


def test_the_user_comes_along_when_included() -> None:
    sign_up()

    row = orm.Session.include("user").strict_loading().first()

    assert row is not None
    assert row.user is not None
    assert row.user.username == "ann"


def test_d36_an_unsaved_user_or_none_is_a_value_error(parse_server: Any) -> None:
    watched = Watched(parse_server.config())
    nobody = orm.User(username="nobody")

    with orm.using(watched.client):
        for ask in (
            orm.Session.for_user,
            orm.Session.active_count_for_user,
            orm.Session.revoke_all_for_user,
            orm.Session.active().for_user,
        ):
            for user in (nobody, None, ""):
                with pytest.raises(ValueError, match=r"saved|user|id"):
                    ask(user)

    assert watched.sent == []


def test_d37_unsaved_sessions_are_equal_to_themselves_alone() -> None:
    one, other = orm.Session(), orm.Session()

    assert one == one
    assert one != other


def test_d6_many_are_fetched_in_the_order_asked() -> None:
    sign_up()
    ids = [session_of(log_in()).id for _ in range(3)]

    found = orm.Session.get_many([ids[2], ids[0], "missing000", ids[1]])

    assert [row.id for row in found] == [ids[2], ids[0], ids[1]]
    with pytest.raises(orm.ObjectNotFound, match="missing000"):
        orm.Session.get_many([ids[0], "missing000"], strict=True)


def test_the_installation_of_a_session_is_found_by_its_installation_id(client: orm.Client) -> None:
    sign_up()
    phone = orm.Installation.create(installation_id="phone-1", device_type="ios")
    answer = client.request(
        "POST", "/login", {"username": "ann", "password": "correct horse battery"}, installation_id="phone-1"
    )

    session = orm.Session.for_token(answer["sessionToken"])

    assert session is not None
    assert session.installation_id == "phone-1"
    assert session.installation == phone
    assert session_of(log_in()).installation is None


# -- how long it lasts ------------------------------------------------------------------------


def test_time_remaining_and_expires_within(client: orm.Client) -> None:
    ann = sign_up()
    session = session_of(ann)

    left = session.time_remaining

    assert left is not None
    assert timedelta(days=364) < left <= timedelta(days=365)
    assert session.expires_within(timedelta(days=366))
    assert not session.expires_within(timedelta(days=300))
    assert session.expires_within(366 * 86400)
    assert not session.expires_within(60)
    expire(client, ann, YESTERDAY)
    session.reload()
    assert session.time_remaining == timedelta()
    assert session.is_expired
    assert not session.is_active
    assert session.expires_within(0.5)


# -- ending sessions --------------------------------------------------------------------------


def test_revoke_tells_whether_this_call_ended_it() -> None:
    sign_up()
    ann = log_in()
    session = session_of(ann)
    same = orm.Session.get(session.id)

    assert session.revoke() is True
    assert session.revoke() is False
    assert same.revoke() is False
    assert orm.Session().revoke() is False


def test_a_user_revokes_its_own_sessions_the_current_one_included() -> None:
    sign_up()
    here, there = log_in(), log_in()
    with orm.as_user(here):
        current, other = orm.Session.me(), orm.Session.get(session_of(there).id)
        assert other.revoke() is True
        assert other.revoke() is False
        assert current.revoke() is True
        assert current.revoke() is False

    assert orm.User.for_token(token(there)) is None
    assert orm.User.for_token(token(here)) is None


def test_another_user_s_session_cannot_be_revoked() -> None:
    ann, bob = sign_up("ann"), sign_up("bob")
    his = session_of(bob)

    with pytest.raises(orm.ObjectNotFound, match="gone, or not visible to this credential"):
        his.revoke(session=ann)

    assert orm.User.for_token(token(bob)) == bob


def test_d4_two_hundred_sessions_end_in_five_requests_and_the_kept_one_lives(parse_server: Any) -> None:
    ann = sign_up()
    for _ in range(199):
        orm.User.login_as(ann)  # as log_in does, without the cost of the password's hash
    kept = log_in()
    watched = Watched(parse_server.config())

    with orm.using(watched.client):
        ended = orm.Session.revoke_all_for_user(ann.id, keep=token(kept))

    assert ended == 200
    assert len(watched.sent) <= 5
    assert orm.User.for_token(token(kept)) == ann
    assert orm.Session.for_user(ann).count() == 1


KEPT: dict[str, Callable[[orm.User], Any]] = {
    "a token": token,
    "a session": session_of,
    "an id": lambda user: session_of(user).id,
    "a session without its token": lambda user: orm.Session.get(session_of(user).id),
    "the user who logged in": lambda user: user,
}


@pytest.mark.parametrize("way", KEPT)
def test_the_session_to_keep_is_named_in_any_way(way: str) -> None:
    ann = sign_up()
    kept = log_in()
    log_in()

    assert orm.Session.revoke_all_for_user(ann, keep=KEPT[way](kept)) == 2

    assert orm.User.for_token(token(kept)) == ann
    assert orm.User.for_token(token(ann)) is None


def test_keeping_a_session_of_another_user_is_refused_and_nothing_ends() -> None:
    ann, bob = sign_up(), sign_up("bob")

    for keep in (bob, orm.User.pointer(bob.id), session_of(bob), orm.Session.get(session_of(bob).id)):
        for user in (ann, ann.id):
            with pytest.raises(orm.InvalidValue, match="this one is of another user"):
                orm.Session.revoke_all_for_user(user, keep=keep)

    assert orm.User.for_token(token(ann)) == ann
    assert orm.Session.revoke_all_for_user(ann, keep="xWMyZ4YEGZ") == 1


def test_keep_current_is_a_bool_and_no_other_login() -> None:
    ann = sign_up()
    other = log_in()

    for keep in (other, token(other), session_of(other), 1, None):
        with pytest.raises(orm.InvalidValue, match=r"takes True or False, not a \w+; .* keep=session"):
            ann.logout_all(keep_current=keep)

    assert [orm.User.for_token(token(user)) for user in (ann, other)] == [ann, other]


def test_keeping_something_that_is_no_session_is_refused() -> None:
    ann = sign_up()

    with pytest.raises(orm.UnsavedReference):
        orm.Session.revoke_all_for_user(ann, keep=orm.Session())
    with pytest.raises(ValueError, match=r"blank|empty"):
        orm.Session.revoke_all_for_user(ann, keep="")

    assert orm.User.for_token(token(ann)) == ann


def test_d4_the_caller_s_own_session_goes_last(parse_server: Any) -> None:
    first = sign_up()
    others = [log_in() for _ in range(4)]
    caller = others[1]
    settings = {**parse_server.config(), "master_key": None}
    watched = Watched(settings, session_token=token(caller))

    with orm.using(watched.client):
        ended = orm.Session.revoke_all_for_user(first.id)

    assert ended == 5
    assert [token for token in (first, *others) if orm.User.for_token(token) is not None] == []
    assert watched.sent == ["POST /sessions", "POST /sessions", "POST /batch", "POST /batch"]


def test_only_sessions_that_this_call_ended_are_counted(parse_server: Any) -> None:
    ann = sign_up()
    victim = session_of(log_in())
    log_in()
    racing = orm.Client(**parse_server.config())

    class EndsOneMeanwhile(Watched):
        def first_batch(self, event: Any) -> None:
            if event.path == "/batch":
                with orm.using(racing):
                    orm.Session.get(victim.id).revoke()

    watched = EndsOneMeanwhile(parse_server.config())
    hooked = orm.Client(**parse_server.config(), hooks=orm.Hooks(before=[watched.first_batch]))
    with orm.using(hooked):
        assert orm.Session.revoke_all_for_user(ann.id) == 2

    assert orm.Session.for_user(ann).count() == 0


def test_a_stranger_ends_nobody_s_sessions() -> None:
    ann, bob = sign_up("ann"), sign_up("bob")

    with orm.as_user(bob):
        assert orm.Session.revoke_all_for_user(ann.id) == 0

    assert orm.User.for_token(token(ann)) == ann


def test_everything_works_when_the_batch_route_is_broken(parse_server: Any) -> None:
    ann = sign_up()
    kept, caller = log_in(), log_in()
    bob = sign_up("bob")
    his_other = orm.User.login("bob", "correct horse battery")
    transport = BrokenBatch()
    broken = orm.Client(**parse_server.config(), transport=transport)

    with orm.using(broken):
        with pytest.warns(orm.ParseOrmWarning, match="/batch"):
            assert orm.Session.revoke_all_for_user(ann.id, keep=token(kept)) == 2
        with orm.as_user(bob):
            assert orm.Session.revoke_all_for_user(bob.id) == 2
    transport.close()

    assert orm.User.for_token(token(kept)) == ann
    dead = (ann, caller, bob, his_other)
    assert [user for user in dead if orm.User.for_token(token(user)) is not None] == []


EVERY_SESSION: dict[str, Callable[[], Any]] = {
    "delete_all": lambda: orm.Session.query().delete_all(),
    "destroy_all of a query": lambda: orm.Session.query().destroy_all(),
    "destroy_all of objects": lambda: orm.destroy_all(list(orm.Session.query()), batch_size=1),
}


@pytest.mark.parametrize("verb", EVERY_SESSION)
def test_a_user_deletes_all_sessions_and_the_one_that_asks_goes_last(verb: str) -> None:
    ann = sign_up()
    bob = sign_up("bob")
    for place in (0, 2):
        logins = [log_in() for _ in range(4)]
        with orm.as_user(logins[place]):
            there = orm.Session.count()
            result = EVERY_SESSION[verb]()
        assert (len(result.saved), result.failed, result.unknown) == (there, [], [])
        assert [user for user in (ann, *logins) if orm.User.for_token(token(user)) is not None] == []
    assert orm.User.for_token(token(bob)) == bob


def test_purging_removes_what_ran_out_and_nothing_else(client: orm.Client) -> None:
    ann = sign_up()
    seen: list[int] = []
    for _ in range(3):
        expire(client, log_in(), YESTERDAY)

    assert orm.Session.purge_expired(progress=seen.append) == 3

    assert orm.Session.purge_expired() == 0
    assert seen[-1] == 3
    assert orm.User.for_token(token(ann)) == ann


def test_purging_needs_the_master_key_and_says_so_here(parse_server: Any) -> None:
    watched = Watched({**parse_server.config(), "master_key": None})

    with orm.using(watched.client), pytest.raises(orm.MasterKeyRequired):
        orm.Session.purge_expired()

    assert watched.sent == []


def test_a_password_change_ends_the_other_sessions_and_the_new_row_has_no_created_with() -> None:
    sign_up()
    ann, other = log_in(), log_in()

    ann.change_password("a new one")

    assert orm.User.for_token(token(other)) is None
    assert session_of(ann).created_with is None


# -- what may be written ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("session_token", "r:mine"),
        ("user", "xWMyZ4YEGZ"),
        ("user_id", "xWMyZ4YEGZ"),
        ("restricted", True),
        ("installation_id", "phone"),
        ("installation", None),
        ("id", "xWMyZ4YEGZ"),
        ("created_at", YESTERDAY),
        ("updated_at", YESTERDAY),
    ],
)
def test_read_only_columns_refuse_every_way_in(column: str, value: object) -> None:
    session = session_of(sign_up())

    with pytest.raises(orm.ReadOnlyField, match="Session"):
        setattr(session, column, value)
    with pytest.raises(orm.ReadOnlyField):
        session.update(**{column: value})
    with pytest.raises(orm.ReadOnlyField):
        orm.Session(**{column: value})

    assert session.changed == []


def test_an_acl_on_a_session_is_refused() -> None:
    session = session_of(sign_up())

    with pytest.raises(orm.ReadOnlyField, match="ACL"):
        session.update(acl=orm.ACL())
    with pytest.raises(orm.ReadOnlyField, match="ACL"):
        session.acl = orm.ACL()


def test_d5_a_changed_session_saves_and_validates_like_any_object() -> None:
    class Session(orm.Session):
        device = orm.property(str, validate=lambda name: len(name) < 20 or "is too long")

    ann = sign_up()
    try:
        session = Session.for_token(token(ann))
        assert session is not None
        session.device = "laptop"
        assert session.is_valid()
        assert session.save(session=ann) is session
        assert Session.get(session.id).device == "laptop"
        session.device = "x" * 30
        assert not session.is_valid()
        with pytest.raises(orm.RecordInvalid, match="too long"):
            session.save()
        assert session.is_active
    finally:
        del Session, session
        gc.collect()  # the class is gone now, and orm.Session takes its place again
    assert type(orm.Session.for_token(token(ann))) is orm.Session


def test_the_end_is_moved_with_the_master_key_and_not_without() -> None:
    ann = sign_up()
    session = session_of(ann)
    soon = (datetime.now(UTC) + timedelta(hours=1)).replace(microsecond=0)

    session.update(expires_at=soon)
    assert session.reload().expires_at == soon
    session.expires_at = soon + timedelta(hours=1)
    with pytest.raises(orm.InvalidKeyName):
        session.save(session=ann)


def test_an_update_without_changes_sends_nothing(parse_server: Any) -> None:
    session = session_of(sign_up())
    watched = Watched(parse_server.config())

    with orm.using(watched.client):
        again = orm.Session.get(session.id)
        assert again.update() is again
        assert again.save() is again
        assert watched.client.sessions.update(session.id, {}) is None

    assert watched.sent == [f"POST /sessions/{session.id}"]


def test_a_new_session_of_a_user_gets_its_own_token_and_ends_nobody_s(client: orm.Client) -> None:
    victim = sign_up("victim")
    ann = sign_up("ann")

    made = orm.Session().save(session=ann)

    assert made.session_token not in (None, ann.session_token)
    assert orm.User.for_token(token_of_session(made)) == ann
    assert orm.User.for_token(token(victim)) == victim
    with pytest.raises(orm.RecordNotSaved, match="logging in"):
        orm.Session().save()


def token_of_session(session: orm.Session) -> str:
    assert session.session_token is not None
    return session.session_token


# -- the five calls of a client ---------------------------------------------------------------


def test_the_five_calls_of_a_client(client: orm.Client, parse_server: Any) -> None:
    ann = sign_up()
    session = session_of(ann)
    bound = orm.Client(**parse_server.config(), session_token=token(ann))

    assert bound.sessions.me() == session
    assert client.sessions.get(session.id) == session
    assert client.sessions.update(session.id, {"restricted": True}) is not None
    assert client.sessions.get(session.id).restricted is True
    assert [row.id for row in client.sessions.all()] == [session.id]
    assert client.sessions.delete(session.id) is None
    with pytest.raises(orm.ObjectNotFound):
        client.sessions.delete(session.id)
    with pytest.raises(orm.ObjectNotFound):
        client.sessions.get(session.id)
    with pytest.raises(orm.ObjectNotFound):
        client.sessions.update(session.id, {"restricted": True})


def test_a_client_lists_by_a_mapping_or_a_rest_query_string(client: orm.Client) -> None:
    ann, bob = sign_up("ann"), sign_up("bob")
    where = {"user": {"__type": "Pointer", "className": "_User", "objectId": bob.id}}

    assert [row.user_id for row in client.sessions.all({"where": where, "limit": 5})] == [bob.id]
    text = 'limit=1&order=-createdAt&where={"user":{"$inQuery":{"className":"_User","where":{"username":"ann"}}}}'
    assert [row.user_id for row in client.sessions.all(text)] == [ann.id]
    assert [row.user_id for row in client.sessions.all("?limit=1&order=createdAt&include=user")] == [ann.id]


@pytest.mark.parametrize(
    "query",
    [{"limt": 5}, "limt=5", "limit=-1", {"limit": "many"}, "skip=x", "where={", {"where": "nonsense"}],
    ids=str,
)
def test_a_wrong_list_query_is_refused_here(query: Any, parse_server: Any) -> None:
    watched = Watched(parse_server.config())

    with pytest.raises(orm.BadQuery):
        watched.client.sessions.all(query)

    assert watched.sent == []


def test_the_calls_that_need_the_master_key_say_so_before_any_request(parse_server: Any) -> None:
    ann = sign_up()
    watched = Watched({**parse_server.config(), "master_key": None}, session_token=token(ann))
    sessions = watched.client.sessions

    for call in (
        lambda: sessions.get("xWMyZ4YEGZ"),
        lambda: sessions.delete("xWMyZ4YEGZ"),
        lambda: sessions.update("xWMyZ4YEGZ", {"restricted": True}),
        sessions.all,
    ):
        with pytest.raises(orm.MasterKeyRequired):
            call()

    assert watched.sent == []


@pytest.mark.parametrize("column", ["user", "sessionToken", "installationId", "objectId", "ACL"])
def test_a_client_never_writes_what_only_the_server_may_set(column: str, parse_server: Any) -> None:
    watched = Watched(parse_server.config())

    with pytest.raises(orm.ReadOnlyField, match=column):
        watched.client.sessions.update("xWMyZ4YEGZ", {column: "x"})

    assert watched.sent == []


@pytest.mark.parametrize("id", ["", " ", "a\nb", "..", None])
def test_an_id_that_cannot_be_one_is_refused_here(id: Any, parse_server: Any) -> None:
    watched = Watched(parse_server.config())

    for call in (watched.client.sessions.get, watched.client.sessions.delete):
        with pytest.raises(orm.InvalidId):
            call(id)

    assert watched.sent == []


# -- secrets ----------------------------------------------------------------------------------


def test_no_repr_of_a_session_shows_its_token() -> None:
    ann = sign_up()
    session = session_of(ann)

    shown = [repr(session), repr(ann), repr(orm.Session.with_tokens().where(session_token=token(ann)))]
    with orm.as_user(ann):
        shown.append(repr(orm.current_credential()))

    assert [text for text in shown if token(ann)[2:] in text] == []
