"""No frame of a failure shows a key, a token or a password: every verb fails in every way, and all is looked through.

What is looked at is what error trackers collect: the locals of each frame of the package, with their reprs, with what
containers and dataclasses hold, and with the `vars` of objects; for the failure itself and those behind it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
from collections.abc import Callable, Iterator, Mapping
from types import FunctionType, MethodType, ModuleType
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.client import context
from parse_orm.client.config import read_settings
from parse_orm.client.credentials import Credential
from parse_orm.meta.schema import ModelSchema
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Request, Response
from parse_orm.types.secret import Secret
from parse_orm.web import MemoryStore, SessionConfig, SessionManager, WebSession
from parse_orm.web.tokens import new_secret

MASTER, REST = "MASTER-KEY-SECRET", "REST-KEY-SECRET"
TOKEN, NEW_TOKEN = "r:" + "ab" * 16, "r:" + "cd" * 16
PASSWORD, CODE, OF_SERVICE = "PASSWORD-SECRET", "CODE-SECRET-1", "ID-TOKEN-OF-A-SERVICE"
SIGN, ENCRYPT, APPLICATION = "SIGN-KEY-OF-THE-WEB", "ENCRYPT-KEY-OF-THE-WEB", "APPLICATION-KEY-OF-THE-WEB"
COOKIE = new_secret()
SECRETS = (MASTER, REST, TOKEN, NEW_TOKEN, PASSWORD, CODE, OF_SERVICE, SIGN, ENCRYPT, APPLICATION, COOKIE)

#: What holds nothing but itself, or is code.
PLAIN = (str, bytes, int, float, type(None), type, ModuleType, FunctionType, MethodType, ModelSchema)

# -- looking --------------------------------------------------------------------------------


def texts(value: Any, seen: dict[int, Any], depth: int = 5, objects: int = 2) -> Iterator[str]:
    """What a tracker sees of a value; each object once."""
    if id(value) in seen or isinstance(value, PLAIN):
        if isinstance(value, (str, bytes)):
            yield repr(value)
        return
    seen[id(value)] = value
    try:
        yield repr(value)
    except Exception as error:
        yield f"the repr of a {type(value).__name__} raises {error!r}, {MASTER}"
    if depth == 0:
        return
    inside: list[Any] = []
    if isinstance(value, Mapping):
        with contextlib.suppress(Exception):  # a session is a mapping that may not be whole yet
            inside = [*value.keys(), *value.values()]
    elif isinstance(value, (list, tuple, set, frozenset)):
        inside = list(value)
    elif dataclasses.is_dataclass(value):
        inside = [getattr(value, field.name, None) for field in dataclasses.fields(value)]
    for item in inside:
        yield from texts(item, seen, depth - 1, objects)
    if objects and hasattr(value, "__dict__"):
        for item in vars(value).values():
            yield from texts(item, seen, depth - 1, objects - 1)


def chain(error: BaseException) -> Iterator[BaseException]:
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        link = waiting.pop()
        if link is not None and id(link) not in seen:
            seen.add(id(link))
            yield link
            waiting += [link.__cause__, link.__context__]


def places(error: BaseException) -> set[str]:
    """Where a secret can be read: function and local."""
    found: set[str] = set()
    seen: dict[int, Any] = {}
    for link in chain(error):
        for text in (*texts(link, seen), str(link)):
            found |= {f"the {type(link).__name__} itself: {text:.200}" for secret in SECRETS if secret in text}
        trace = link.__traceback__
        while trace is not None:
            frame = trace.tb_frame
            trace = trace.tb_next
            generated = frame.f_code.co_filename == "<string>"
            if not generated and f"{os.sep}parse_orm{os.sep}" not in frame.f_code.co_filename:
                continue
            for name, value in frame.f_locals.items():
                if any(secret in text for text in texts(value, seen) for secret in SECRETS):
                    found.add(f"{frame.f_code.co_name}:{name}")
    return found


def failure(call: Callable[[], Any]) -> Exception | None:
    try:
        call()
    except Exception as error:
        return error
    return None


# -- the ways to fail -------------------------------------------------------------------------

Answer = Callable[[Request], Response]


def echo(status: int, code: int) -> Answer:
    """A server that tells what it was sent, keys and all."""

    def answer(request: Request) -> Response:
        said = f"you sent {(request.body or b'').decode()} {list(request.plain_headers().values())}"
        return Response(status, body=json.dumps({"code": code, "error": said}).encode())

    return answer


def detailed(request: Request) -> Response:
    said = {"message": "no", "sent": [(request.body or b"").decode(), dict(request.plain_headers())]}
    return Response(400, body=json.dumps({"code": 141, "error": said}).encode())


def gives(status: int, body: bytes) -> Answer:
    return lambda request: Response(status, body=body)


def breaks(error: Exception) -> Answer:
    def answer(request: Request) -> Response:
        raise type(error)(*error.args)  # a fresh one, with frames of its own

    return answer


ROW = {"objectId": "u1", "username": "ann", "sessionToken": NEW_TOKEN, "createdAt": "2026-01-01T00:00:00.000Z"}

FAILURES: dict[str, Answer] = {
    "refused": breaks(orm.errors.ConnectFailed("nobody is there")),
    "lost": breaks(orm.errors.TransportError("no answer")),
    "broken transport": breaks(RuntimeError("a bug of the transport")),
    "echo 400": echo(400, 141),
    "echo 101": echo(404, 101),
    "echo 209": echo(400, 209),
    "echo 403": echo(403, 119),
    "echo 500": echo(500, 1),
    "details": detailed,
    "page 404": gives(404, b"<html>not here</html>"),
    "page 200": gives(200, f"<html>{NEW_TOKEN}</html>".encode()),
    "half": gives(200, json.dumps(ROW).encode()[:-1]),
    "null": gives(200, b"null"),
    "empty": gives(200, b""),
    "without an id": gives(200, json.dumps({"sessionToken": NEW_TOKEN}).encode()),
    "list": gives(200, b"[1]"),
    "unfit dates": gives(200, json.dumps({**ROW, "createdAt": 7, "expiresAt": 7}).encode()),
}

# -- what is done -------------------------------------------------------------------------------


class Song(orm.ParseObject):
    title = orm.property(str)
    plays = orm.property(int)
    tags = orm.array(str)

    @orm.before_destroy
    def refuse(self) -> None:
        if self.title == "refuse":
            raise RuntimeError("a callback of the application")


def song() -> Song:
    return Song.pointer("s1")


def user() -> orm.User:
    return orm.User._hydrate(
        [{"objectId": "u1", "username": "ann", "sessionToken": TOKEN}], orm.User.pointer("u1")._origin
    )[0]


def manager(**config: Any) -> SessionManager:
    settings: dict[str, Any] = {"sign_key": SIGN, "encrypt_key": ENCRYPT, "application_key": APPLICATION}
    return SessionManager(MemoryStore(), SessionConfig(**{**settings, **config}))


def someone() -> SessionManager:
    """A manager whose visitor is logged in, with a login on the Parse Server."""
    from parse_orm.web.clock import utcnow
    from parse_orm.web.parse_link import Link
    from parse_orm.web.record import LINK

    made = manager()
    link = Link(Secret(TOKEN), "sid1", utcnow()).to_data(made.config.token_seal)
    made.session.begin("u1", {LINK: link}, utcnow())
    return made


def in_transaction() -> None:
    with orm.transaction(session=TOKEN) as tx:
        tx.save(Song(title="x"))
        tx.save(orm.User(username="ann", password=PASSWORD))


def as_user(call: Callable[[], Any]) -> Any:
    with orm.as_user(TOKEN):
        return call()


def saved_users(**options: Any) -> Any:
    return orm.save_all([orm.User(username=f"ann{n}", password=PASSWORD) for n in range(3)], **options)


class Refusing(orm.ParseObject):
    title = orm.property(str)

    @orm.around_save
    def around(self) -> Iterator[None]:
        yield
        raise RuntimeError("a callback of the application")


def django_backend() -> Any:
    import tests.web.django.conftest  # noqa: F401  (settings)
    from parse_orm.contrib.django.auth import ParseBackend

    return ParseBackend()


VERBS: dict[str, Callable[[], Any]] = {
    "login": lambda: orm.User.login("ann", PASSWORD),
    "login with a code": lambda: orm.User.login("ann", PASSWORD, mfa=CODE),
    "signup": lambda: orm.User.signup("ann", PASSWORD, email="ann@example.com"),
    "verify password": lambda: orm.User.verify_password("ann", PASSWORD),
    "change password": lambda: user().change_password(PASSWORD),
    "claim": lambda: user().claim("ann", PASSWORD),
    "login with": lambda: orm.User.login_with("google", {"id": "1", "id_token": OF_SERVICE}),
    "link": lambda: user().link("google", {"id": "1", "id_token": OF_SERVICE}),
    "unlink": lambda: user().unlink("google"),
    "enable mfa": lambda: user().enable_mfa(PASSWORD, CODE),
    "disable mfa": lambda: user().disable_mfa(CODE),
    "login as": lambda: orm.User.login_as("u1"),
    "user for token": lambda: orm.User.for_token(TOKEN),
    "session for token": lambda: orm.Session.for_token(TOKEN, strict=True),
    "me": lambda: as_user(orm.User.me),
    "session me": lambda: as_user(orm.Session.me),
    "tokens": lambda: list(orm.Session.as_user(TOKEN).with_tokens()),
    "sessions": lambda: user().sessions(),
    "logout": lambda: user().logout(),
    "logout all": lambda: user().logout_all(),
    "logout others": lambda: user().logout_all(keep_current=True),
    "revoke all": lambda: orm.Session.revoke_all_for_user("u1", keep=TOKEN),
    "revoke": lambda: orm.Session.pointer("x1").revoke(session=TOKEN),
    "save user": lambda: orm.User(username="ann", password=PASSWORD).save(session=TOKEN),
    "create user": lambda: orm.User.create(username="ann", password=PASSWORD, session=TOKEN),
    "update user": lambda: user().update(password=PASSWORD, session=TOKEN),
    "save": lambda: Song(title="x").save(session=TOKEN),
    "save cascade": lambda: Song(title="x").save(session=TOKEN, cascade=True),
    "save unchanged": lambda: song().update(title="y", session=TOKEN),
    "create": lambda: Song.create(title="x", session=TOKEN),
    "around callback": lambda: Refusing(title="x").save(session=TOKEN),
    "destroy": lambda: song().destroy(session=TOKEN),
    "callback": lambda: Song.pointer("s1").copy().update(title="refuse").destroy(session=TOKEN),
    "increment": lambda: song().increment("plays", session=TOKEN),
    "add": lambda: song().add("tags", "x", session=TOKEN),
    "add unique": lambda: song().add_unique("tags", "x", session=TOKEN),
    "remove": lambda: song().remove("tags", "x", session=TOKEN),
    "unset": lambda: song().unset("title", session=TOKEN),
    "reload": lambda: song().reload(session=TOKEN),
    "fetch": lambda: song().fetch(session=TOKEN),
    "get": lambda: Song.get("s1", session=TOKEN),
    "find": lambda: Song.find("s1", session=TOKEN),
    "first or create": lambda: orm.User.first_or_create(username="ann", defaults={"password": PASSWORD}, session=TOKEN),
    "create or update": lambda: orm.User.create_or_update(
        username="ann", defaults={"password": PASSWORD}, session=TOKEN
    ),
    "save all": lambda: saved_users(session=TOKEN),
    "destroy all": lambda: orm.destroy_all([song(), song()], session=TOKEN),
    "fetch all": lambda: orm.fetch_all([song()], session=TOKEN),
    "transaction": in_transaction,
    "query": lambda: list(Song.as_user(TOKEN).where(title="x")),
    "count": lambda: Song.as_user(TOKEN).count(),
    "query of tokens": lambda: orm.Session.where(session_token=TOKEN).first(),
    "update all": lambda: Song.as_user(TOKEN).update_all(title="x"),
    "block": lambda: as_user(lambda: Song(title="x").save()),
    "call": lambda: orm.call("hello", {"n": 1}, session=TOKEN),
    "config": lambda: orm.config.get(session=TOKEN),
    "raw": lambda: orm.current_client().request("POST", "/login", {"username": "ann", "password": PASSWORD}),
    "raw header": lambda: orm.current_client().request("GET", "/x", headers={"X-Parse-Session-Token": TOKEN}),
    "raw create": lambda: orm.current_client().create("_User", {"username": "ann", "password": PASSWORD}),
    "info": lambda: orm.current_client().server_info(),
    "web login": lambda: manager().login("ann", PASSWORD, mfa=CODE),
    "web confirm": lambda: someone().confirm(PASSWORD),
    "web change password": lambda: someone().change_password(PASSWORD),
    "web authenticate": lambda: manager().authenticate(user()),
    "web user": lambda: someone().user,
    "web logout all": lambda: someone().logout_all(),
    "web list": lambda: someone().list_my_sessions(),
    "django": lambda: django_backend().authenticate(None, username="ann", password=PASSWORD),
}

# -- what fails before anything is sent ------------------------------------------------------------

SURROGATE = PASSWORD + "\ud800"

REFUSED: dict[str, Callable[[], Any]] = {
    "timeout": lambda: orm.Client("http://h/parse", "a", rest_key=REST, master_key=MASTER, timeout=-1),
    "connect": lambda: orm.connect("ftp://h", "a", rest_key=REST, master_key=MASTER, session_token=TOKEN),
    "key": lambda: orm.Client("http://h/parse", "a", master_key=MASTER + "\n"),
    "environment": lambda: read_settings(
        environ={"PARSE_MASTER_KEY": MASTER, "PARSE_SERVER_URL": "ftp://h", "OTHER": PASSWORD}
    ),
    "token of a client": lambda: orm.Client("http://h/parse", "a", session_token=TOKEN + "\n"),
    "token": lambda: Song(title="x").save(session=TOKEN + "\n"),
    "token of a block": lambda: as_user(lambda: orm.as_user(TOKEN + "\n")),
    "token of a query": lambda: Song.as_user(TOKEN + "\n"),
    "credential": lambda: Credential("master", TOKEN),
    "header": lambda: orm.current_client().request("GET", "/x", headers={"A": "\n", "X-Parse-Master-Key": MASTER}),
    "bad header with a secret": lambda: orm.current_client().request(
        "GET", "/x", headers={"X-Parse-Session-Token": TOKEN + "\n"}
    ),
    "name": lambda: orm.User.login(" ", PASSWORD),
    "login that UTF-8 cannot carry": lambda: orm.User.login("ann", SURROGATE),
    "user that UTF-8 cannot carry": lambda: orm.User(username="ann", password=SURROGATE),
    "password that is a number": lambda: orm.User(username="ann", password=7),  # type: ignore[arg-type]
    "unknown field": lambda: orm.User(usernme="ann", password=PASSWORD),
    "unknown field of create": lambda: orm.User.create(usernme="ann", password=PASSWORD, session=TOKEN),
    "unknown field of update": lambda: user().update(usernme="ann", password=PASSWORD, session=TOKEN),
    "unknown field of a form": lambda: orm.User.from_params({"password": PASSWORD}, only=["password", "nme"]),
    "body that is no JSON": lambda: orm.current_client().request(
        "POST", "/login", {"password": PASSWORD, "x": object()}
    ),
    "value of a user": lambda: _dirty(user()).save(session=TOKEN),
    "file": lambda: orm.File("a.txt", "/there/is/no/such/file").save(session=TOKEN),
    "config of sessions": lambda: manager(path="x"),
    "key of sessions": lambda: SessionConfig(sign_key=(SIGN, "short")),
    "path of sessions": lambda: SessionConfig(encrypt_key=ENCRYPT, path="x"),
    "session without a store": lambda: WebSession("id", secret=COOKIE),
    "cookie without a signer": lambda: SessionManager(
        MemoryStore(), SessionConfig(), cookie_header=f"id={'i' * 22}.{COOKIE}", session_class=_Broken
    ),
    "nobody to confirm": lambda: manager().confirm(PASSWORD),
    "login without a key": lambda: SessionManager(MemoryStore()).login("ann", PASSWORD),
}


class _Broken(WebSession):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        raise RuntimeError("a session class of the application")


def _dirty(ann: orm.User) -> orm.User:
    ann._write_native("nickname", object())
    return ann


@pytest.fixture
def client() -> Iterator[Callable[[Answer], None]]:
    """Connects to a server that answers as a test says."""
    before = context._Default.client

    def connect(answer: Answer) -> None:
        orm.connect(
            "http://localhost:1337/parse",
            "app",
            REST,
            MASTER,
            retries=orm.Retry(attempts=1),
            transport=MemoryTransport(answer),
        )

    yield connect
    context.set_default_client(before)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("way", FAILURES)
def test_no_frame_of_a_failure_shows_a_secret(client: Callable[[Answer], None], way: str, verb: str) -> None:
    client(FAILURES[way])

    error = failure(VERBS[verb])

    assert error is None or places(error) == set()


def test_every_verb_fails_when_nothing_is_answered(client: Callable[[Answer], None]) -> None:
    """So that the tests above look at something."""
    client(FAILURES["broken transport"])

    assert {verb for verb in VERBS if failure(VERBS[verb]) is None} == set()


@pytest.mark.parametrize("what", REFUSED)
def test_no_frame_of_a_refusal_shows_a_secret(client: Callable[[Answer], None], what: str) -> None:
    client(gives(200, b"{}"))

    error = failure(REFUSED[what])

    assert error is not None
    assert places(error) == set()


@pytest.mark.parametrize("verb", VERBS)
def test_no_frame_shows_a_secret_when_nobody_listens(client: Callable[[Answer], None], verb: str) -> None:
    orm.connect("http://127.0.0.1:9/parse", "app", REST, MASTER, timeout=2, retries=orm.Retry(attempts=1))

    error = failure(VERBS[verb])

    assert error is None or places(error) == set()
