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
from parse_orm.transport import sync
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


@pytest.mark.parametrize("verify", ["", 0, 1, None, b"", "absent.pem", ()])
def test_only_false_turns_the_checks_of_certificates_off(verify: object) -> None:
    with pytest.raises(ConfigurationError, match="CA bundle"):
        RequestsTransport(verify=verify)  # type: ignore[arg-type]

    assert RequestsTransport(verify=False)._verify is False


def test_a_ca_bundle_of_the_environment_that_is_not_there_is_a_wrong_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "absent.pem")

    with pytest.raises(ConfigurationError, match=r"absent\.pem"):
        RequestsTransport().send(Request("GET", "https://127.0.0.1:9/parse/health"))


def test_the_environment_s_ca_bundle_and_proxies_are_read_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bundle = tmp_path / "own.pem"
    bundle.touch()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    transport = RequestsTransport()

    way = transport._find_way("https://api.example/parse")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")

    assert transport._find_way("https://api.example/other") is way
    assert way.options["verify"] == str(bundle)
    assert way.options["proxies"]["https"] == "http://proxy.example:3128"


@pytest.mark.parametrize(
    ("host", "given", "asked"),
    [
        ("localhost", {}, None),
        ("127.0.0.1", {"http": "http://proxy.example:1"}, None),
        ("127.0.0.1", {"http": "http://127.0.0.1:8080"}, "http://127.0.0.1:8080"),
        ("api.example", {}, "http://env.example:3128"),
        ("api.example", {"http": "http://proxy.example:1"}, "http://proxy.example:1"),
    ],
)
def test_nothing_for_this_machine_leaves_it(
    host: str, given: dict[str, str], asked: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://env.example:3128")
    monkeypatch.delenv("no_proxy", raising=False)

    way = RequestsTransport(proxies=given)._find_way(f"http://{host}/parse")

    assert way.options["proxies"].get("http") == asked


SAME = ["http://api.example/parse", "HTTP://API.example:80/x", "http://api.example?x=1", "http://api.example:/a"]


def test_one_server_has_one_pool_however_it_is_spelled(transport: RequestsTransport) -> None:
    assert len({id(transport._find_way(url)) for url in SAME}) == 1
    assert transport._find_way("https://api.example/parse") is not transport._find_way(SAME[0])


def test_the_origins_that_are_remembered_are_bounded(transport: RequestsTransport) -> None:
    for number in range(200):
        transport._find_way(f"http://files{number}.example/x")

    assert len(transport._ways) <= sync.MOST_ORIGINS
    assert len(transport._by_prefix) <= 4 * sync.MOST_ORIGINS + 1


ODD_URLS = ["", "x", "//h/x", "ftp://h/x", "file:///etc/passwd", "http://", "http:///x", "http://a b/x"]
ODD_URLS += ["http://u:p@h/x", "http://h:x/", "http://h:0/", "http://h:99999/", "http://[::1/x"]


@pytest.mark.parametrize("url", ODD_URLS)
def test_an_odd_url_is_refused_by_name(url: str, transport: RequestsTransport) -> None:
    with pytest.raises((InvalidValue, ConfigurationError)):
        transport.send(Request("GET", url))


def test_a_body_shorter_than_declared_is_refused_by_any_urllib3(transport: RequestsTransport) -> None:
    # urllib3 2 finds this out by itself before us; urllib3 1.26 does not.
    answer = SimpleNamespace(status_code=200, headers={"Content-Length": "9"}, raw=SimpleNamespace(read=lambda: b"{}"))

    with pytest.raises(AnswerCutShort, match="2 of 9 bytes"):
        transport._read(answer)
