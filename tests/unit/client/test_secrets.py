"""Keys, tokens and passwords are kept so that no look at what holds them shows them."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.client.client import BaseClient
from parse_orm.client.config import Settings, read_settings
from parse_orm.client.credentials import Credential
from parse_orm.codec import json as wire
from parse_orm.errors import InvalidValue, ParseError
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Body, Request, Response
from parse_orm.types.secret import Secret, hidden
from parse_orm.web import SessionConfig

KEY, PASSWORD = "MASTER-KEY-SECRET", "PASSWORD-SECRET"
TOKEN = "r:" + "ab" * 16


def settings() -> Settings:
    return read_settings("http://localhost:1337/parse", "app", "REST-" + KEY, KEY, environ={})


def test_a_secret_tells_nothing_but_whether_it_is_empty() -> None:
    secret = Secret(KEY)

    assert {repr(secret), str(secret), f"{secret}", f"{secret:>40}", "%s" % secret} == {"[hidden]"}  # noqa: UP031
    assert (secret == Secret(KEY), secret == KEY, secret == secret) == (False, False, True)
    assert (bool(secret), bool(Secret(""))) == (True, False)
    assert copy.deepcopy({"key": secret})["key"] is secret
    assert secret.reveal() == KEY


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_secret_is_not_pickled(protocol: int) -> None:
    for value in (Secret(KEY), settings(), SessionConfig(sign_key=KEY)):
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(value, protocol)


def test_hiding_twice_is_hiding_once() -> None:
    assert hidden(hidden(KEY)).reveal() == KEY
    assert hidden(None) is None


def test_no_copy_of_settings_shows_a_key() -> None:
    web = SessionConfig(sign_key=KEY, encrypt_key=[KEY, KEY], application_key=KEY)

    for value in (settings(), web):
        assert KEY not in repr(dataclasses.asdict(value)) + repr(vars(value) if hasattr(value, "__dict__") else "")


def test_vars_of_a_client_show_no_key() -> None:
    client = BaseClient(
        "http://localhost:1337/parse", "app", KEY, KEY, session_token=TOKEN, transport=MemoryTransport(ok)
    )

    assert KEY not in repr(vars(client))
    assert TOKEN not in repr(vars(client))


def test_the_wire_gets_the_plain_values() -> None:
    request = Request("POST", "/x", {"X-Parse-Master-Key": Secret(KEY)}, Body(wire.dumps({"password": Secret("pé")})))

    assert request.plain_headers() == {"X-Parse-Master-Key": KEY}
    assert json.loads(request.body or b"") == {"password": "pé"}
    assert (KEY in repr(request), "pé" in repr([request, request.body])) == (False, False)


def test_credentials_are_equal_when_their_tokens_are() -> None:
    assert Credential("session", TOKEN) == Credential("session", Secret(TOKEN))
    assert Credential("session", TOKEN) != Credential("session", TOKEN + "0")
    assert Credential("session", TOKEN).token == TOKEN


def test_a_user_gives_what_was_set_and_its_row_holds_it_hidden() -> None:
    user = orm.User(username="ann", password=PASSWORD)

    assert user.password == PASSWORD
    assert PASSWORD not in repr([user, user._wire, user._changes()])
    with pytest.raises(InvalidValue, match=r"User\.password: expected str, got int"):
        user.password = 7  # type: ignore[assignment]


def ok(request: Request) -> Response:
    return Response(200, body=b"{}")


def echo(request: Request) -> Response:
    said = "you sent " + ", ".join(texts(json.loads(request.body or b"")))
    return Response(400, body=json.dumps({"code": 141, "error": said}).encode())


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts(item)]
    return [str(value)]


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ({"username": "ann", "password": Secret(PASSWORD)}, "you sent ann, [hidden]"),
        ({"username": "ann", "password": PASSWORD}, "you sent ann, [hidden]"),
        ({"authData": {"google": {"id_token": PASSWORD}}}, "you sent [hidden]"),
        ({"a": {"password": PASSWORD + "-and-more", "secret": PASSWORD}}, "you sent [hidden], [hidden]"),
        ({"password": "short"}, "you sent short"),
    ],
)
def test_what_the_server_says_of_a_password_is_taken_out(body: dict[str, Any], seen: str) -> None:
    client = BaseClient("http://localhost:1337/parse", "app", master_key=None, transport=MemoryTransport(echo))

    with pytest.raises(ParseError) as caught:
        client.request("POST", "/login", body)

    assert caught.value.message == seen


def test_what_the_server_says_of_one_item_of_a_batch_is_taken_out() -> None:
    def refuse(request: Request) -> Response:
        items = json.loads(request.body or b"")["requests"]
        said = [{"error": {"code": 141, "error": f"no {item['body']['password']}"}} for item in items]
        return Response(200, body=json.dumps(said).encode())

    client = orm.Client("http://localhost:1337/parse", "app", master_key=None, transport=MemoryTransport(refuse))
    with orm.using(client):
        result = orm.save_all([orm.User(username="ann", password=PASSWORD)], raise_on_error=False)

    assert [str(error) for _, error in result.failed] != []
    assert PASSWORD not in repr([str(error) for _, error in result.failed])
