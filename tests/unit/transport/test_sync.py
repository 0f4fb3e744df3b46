"""The requests transport as others see it: mockable, typed failures, nothing leaked."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests
import responses

from parse_orm.errors import (
    AnswerCutShort,
    ConfigurationError,
    ConnectFailed,
    ConnectTimedOut,
    InvalidValue,
    ParseOrmError,
    RequestTimeout,
    TransportError,
)
from parse_orm.transport.faults import explain
from parse_orm.transport.messages import Request
from parse_orm.transport.sync import RequestsTransport

URL = "http://parse.example/parse/health"


@pytest.fixture
def transport() -> RequestsTransport:
    return RequestsTransport(trust_env=False)


@responses.activate
def test_the_responses_library_sees_what_is_sent(transport: RequestsTransport) -> None:
    responses.add("POST", URL, json={"ok": 1}, status=201, headers={"Location": "/x"})

    answer = transport.send(Request("POST", URL, {"X-Test": "1"}, b'{"a":1}'))

    assert (answer.status, answer.body) == (201, b'{"ok": 1}')
    assert answer.headers["location"] == "/x"
    sent = responses.calls[0].request
    assert sent.body == b'{"a":1}'
    assert sent.headers["X-Test"] == "1"
    assert sent.headers["Content-Length"] == "7"


@responses.activate
def test_a_request_without_a_body_declares_no_length(transport: RequestsTransport) -> None:
    responses.add("GET", URL, json={})

    transport.send(Request("GET", URL))

    assert "Content-Length" not in responses.calls[0].request.headers


@responses.activate
def test_redirects_are_given_back_unfollowed(transport: RequestsTransport) -> None:
    responses.add("GET", URL, status=302, headers={"Location": "http://elsewhere.example/"})

    assert transport.send(Request("GET", URL)).status == 302
    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize(
    ("raised", "ours"),
    [
        (requests.ConnectionError("boom secret"), TransportError),
        (requests.ConnectTimeout("boom secret"), ConnectTimedOut),
        (requests.ReadTimeout("boom secret"), RequestTimeout),
        (requests.exceptions.ProxyError("http://u:secret@proxy"), ConnectFailed),
        (requests.exceptions.SSLError("boom secret"), ConnectFailed),
        (requests.exceptions.ChunkedEncodingError("boom secret"), AnswerCutShort),
        (requests.exceptions.ContentDecodingError("boom secret"), AnswerCutShort),
        (requests.exceptions.InvalidHeader("boom secret"), InvalidValue),
        (requests.exceptions.InvalidURL("boom secret"), ConfigurationError),
        (requests.exceptions.RetryError("boom secret"), TransportError),
        (ConnectionResetError(104, "Connection reset by peer"), TransportError),
        (TimeoutError("boom secret"), RequestTimeout),
    ],
)
def test_every_failure_gets_a_name_of_ours(
    raised: Exception, ours: type[ParseOrmError], transport: RequestsTransport
) -> None:
    responses.add("GET", URL, body=raised)

    with pytest.raises(ours) as caught:
        transport.send(Request("GET", URL, {"X-Parse-Master-Key": "secret"}))

    assert type(caught.value) is ours
    assert "secret" not in str(caught.value)
    assert caught.value.__context__ is None


def test_an_unknown_host_is_named() -> None:
    reason = socket.gaierror(-2, "Name or service not known")
    error = requests.ConnectionError(reason)

    assert str(explain(error, "nowhere.example")).startswith("the host nowhere.example is not known")


def test_a_refused_certificate_says_why() -> None:
    refused = ssl.SSLCertVerificationError(1, "certificate verify failed")
    refused.verify_message = "certificate has expired"

    failure = explain(requests.exceptions.SSLError(refused), "api.example")

    assert str(failure) == "no secure connection to api.example (certificate has expired)"


def test_a_ca_bundle_that_is_not_there_is_an_error_before_anything_is_sent(tmp_path: Path) -> None:
    transport = RequestsTransport(trust_env=False, verify=str(tmp_path / "absent.pem"))

    with pytest.raises(ParseOrmError):
        transport.send(Request("GET", "https://127.0.0.1:9/parse/health"))


def test_the_environment_s_ca_bundle_and_proxies_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/ssl/own.pem")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    transport = RequestsTransport()

    _, options = transport._way("https://api.example/parse")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")

    assert transport._way("https://api.example/other")[1] is options
    assert options["verify"] == "/etc/ssl/own.pem"
    assert options["proxies"]["https"] == "http://proxy.example:3128"


def test_a_body_shorter_than_declared_is_refused_by_any_urllib3(transport: RequestsTransport) -> None:
    # urllib3 2 finds this out by itself before us; urllib3 1.26 does not.
    answer = SimpleNamespace(headers={"Content-Length": "9"}, iter_content=lambda size: iter([b"{}"]))

    with pytest.raises(AnswerCutShort, match="2 of 9 bytes"):
        transport._read(answer)
