"""From every shape of refusal to one family of errors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from parse_orm import errors
from parse_orm.client.failures import HINTS, error_from, error_from_item
from parse_orm.errors import BY_CODE, BY_STATUS, ParseError
from parse_orm.transport.messages import Headers, Response

TOKEN = "r:0123456789abcdef0123456789abcdef"


def refusal(status: int, body: Any = b"", headers: dict[str, str] | None = None, **rest: Any) -> ParseError:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return error_from(Response(status, Headers(headers or {}), text), **rest)


@pytest.mark.parametrize(("code", "kind"), list(BY_CODE.items()))
def test_the_parse_code_decides_whatever_the_status(code: int, kind: type[ParseError]) -> None:
    error = refusal(400, {"code": code, "error": "text"})

    assert type(error) is kind
    assert (error.code, error.message, error.http_status) == (code, "text", 400)


@pytest.mark.parametrize(("status", "kind"), list(BY_STATUS.items()))
def test_without_a_code_the_status_decides(status: int, kind: type[ParseError]) -> None:
    assert type(refusal(status, b"<html>no</html>")) is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, errors.RedirectRefused),
        (500, errors.InternalServerError),
        (599, errors.InternalServerError),
        (401, errors.KeysRefused),
        (418, errors.ParseError),
    ],
)
def test_other_statuses_go_by_their_hundred(status: int, kind: type[ParseError]) -> None:
    assert type(refusal(status)) is kind


def test_an_unknown_code_passes_through() -> None:
    error = refusal(400, {"code": 4711, "error": "our own"})

    assert type(error) is ParseError
    assert (error.code, error.message) == (4711, "our own")


@pytest.mark.parametrize(
    ("body", "path", "kind"),
    [
        ({"code": 101, "error": "Invalid username/password."}, "/login", errors.InvalidCredentials),
        ({"code": 101, "error": "Invalid username/password."}, "/verifyPassword", errors.InvalidCredentials),
        ({"code": 101, "error": "Object not found."}, "/classes/Song/x", errors.ObjectNotFound),
        ({"code": 101, "error": "Permission denied"}, "/classes/Song/x", errors.OperationForbidden),
        ({"code": 209, "error": "Session token is expired."}, "", errors.SessionExpired),
        ({"code": 209, "error": "Invalid session token"}, "", errors.InvalidSessionToken),
        ({"code": -1, "error": "Missing additional authData mfa"}, "/login", errors.MFATokenRequired),
        ({"code": -1, "error": "other"}, "/login", errors.ParseError),
    ],
)
def test_one_code_with_several_meanings_is_told_apart(body: dict[str, Any], path: str, kind: type[ParseError]) -> None:
    assert type(refusal(400, body, path=path)) is kind


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"code": 1, "message": "Internal server error."}, 1, "Internal server error."),
        ({"error": "unauthorized"}, None, "unauthorized"),
        ({"code": 141, "error": {"message": "too much", "n": 3}}, 141, "too much"),
        ({"code": 141, "error": {"n": 3}}, 141, '{"n":3}'),
        ({"error": {"code": 142, "error": "bad"}}, 142, "bad"),
        ({"code": "137", "error": "taken"}, 137, "taken"),
        ({"code": True, "error": "odd"}, None, "odd"),
        ({"code": None, "error": None}, None, "the server gave no reason"),
        ([1, 2], None, "the server gave no reason"),
        (b"", None, "the server gave no reason"),
        (b'{"code": 137, "err', None, "the server gave no reason"),
        (b"<!DOCTYPE html><p>Cannot GET", None, "the server gave no reason"),
    ],
)
def test_every_shape_of_body_is_read(body: Any, code: int | None, message: str) -> None:
    error = refusal(400, body)

    assert (error.code, error.message) == (code, message)


def test_an_error_object_of_cloud_code_is_kept() -> None:
    assert refusal(400, {"code": 141, "error": {"n": 3}}).details == {"n": 3}


def test_an_item_without_any_detail_is_still_an_error() -> None:
    error = error_from_item({}, doing="POST /classes/Song")

    assert type(error) is errors.InternalServerError
    assert error.http_status is None


@pytest.mark.parametrize("item", [None, "text", 7, ["x"]])
def test_an_item_of_an_odd_shape_is_still_an_error(item: Any) -> None:
    assert isinstance(error_from_item(item), ParseError)


def test_the_message_says_what_was_done_what_was_said_and_what_to_try() -> None:
    error = refusal(404, b"<html>", doing="finding Song", request_id="id-1")

    assert str(error) == (
        "finding Song: there is no such route (HTTP 404, request id id-1);"
        " is the server URL right, with its mount path such as /parse?"
    )


def test_a_rate_limit_carries_the_wait() -> None:
    error = refusal(429, {"code": 100, "error": "Too many requests"}, {"Retry-After": "12"})

    assert isinstance(error, errors.RateLimited)
    assert error.retry_after == 12.0


def test_the_server_s_text_cannot_leak_or_forge() -> None:
    text = f"{TOKEN} master-key-1 \n\u202eevil\x1b[31m" + "x" * 900

    error = refusal(400, {"code": 141, "error": text}, secrets=("master-key-1",))

    assert TOKEN not in str(error)
    assert "master-key-1" not in str(error)
    assert not set(error.message) & set("\n\u202e\x1b")
    assert len(error.message) < 550


def test_every_hint_belongs_to_a_class_of_the_tree() -> None:
    assert all(issubclass(kind, ParseError) for kind in HINTS)
