"""What the middleware does at both ends of a request."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.core.exceptions import ImproperlyConfigured
from django.test import AsyncClient, Client, RequestFactory

from parse_orm.client.context import ambient_credential
from parse_orm.contrib.django.middleware import SessionMiddleware
from parse_orm.testing.session_store_contract import Moment
from parse_orm.web import MemoryStore, SessionBackendError, SessionConfig
from tests.web.browser import CountingStore

NAME = "sessionid"


@pytest.fixture
def store(moment: Moment) -> Any:
    return CountingStore(MemoryStore(clock=moment))


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False)


def test_it_is_a_subclass_of_djangos_own() -> None:
    """The admin's checks look for one."""
    assert issubclass(SessionMiddleware, DjangoSessionMiddleware)


def test_another_engine_is_refused(project: Any) -> None:
    project.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    with pytest.raises(ImproperlyConfigured, match="SESSION_ENGINE"):
        SessionMiddleware(lambda request: None)


def test_an_untouched_session_costs_nothing(browser: Client, store: Any) -> None:
    """R15."""
    browser.get("/write")
    store.calls.clear()
    answer = browser.get("/plain")
    assert store.calls == {}
    assert not answer.cookies
    assert not answer.has_header("Vary")


def test_reading_is_one_read_and_no_write(browser: Client, store: Any) -> None:
    """R16."""
    browser.get("/write?x=7")
    store.calls.clear()
    answer = browser.get("/read")
    assert answer.content == b"7"
    assert store.calls == {"read": 1}
    assert not answer.cookies
    assert answer["Vary"] == "Cookie"


def test_use_is_noted_once_per_touch_interval(browser: Client, store: Any, moment: Moment) -> None:
    """R12."""
    browser.get("/write")
    moment.pass_by(timedelta(minutes=6))
    store.calls.clear()
    assert browser.get("/read").cookies[NAME].value
    assert store.calls == {"read": 1, "touch": 1}
    assert not browser.get("/read").cookies


def test_a_new_value_sets_the_cookie_as_the_settings_say(browser: Client, project: Any) -> None:
    """R33."""
    project.SESSION_COOKIE_SECURE = True
    project.SESSION_COOKIE_PATH = "/shop"
    project.SESSION_COOKIE_DOMAIN = "example.org"
    project.SESSION_COOKIE_SAMESITE = "Strict"
    answer = browser.get("/write")
    cookie = answer.cookies[NAME]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/shop", "example.org", "Strict")
    assert cookie["max-age"] == str(project.SESSION_COOKIE_AGE)
    assert answer["Cache-Control"] == "private"
    assert answer["Vary"] == "Cookie"


def test_a_session_of_the_browser_has_no_max_age(browser: Client, project: Any) -> None:
    project.SESSION_EXPIRE_AT_BROWSER_CLOSE = True
    cookie = browser.get("/write").cookies[NAME]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")


def test_an_equal_value_writes_nothing(browser: Client, store: Any) -> None:
    """R17."""
    browser.get("/write?x=1")
    store.calls.clear()
    assert not browser.get("/write?x=1").cookies
    assert store.calls == {"read": 1}


def test_a_failed_request_stores_no_data(browser: Client) -> None:
    """R19."""
    browser.get("/write?x=1")
    assert browser.get("/write?x=2&status=500").status_code == 500
    assert browser.get("/read").content == b"1"


def test_a_login_in_a_failed_request_holds(browser: Client) -> None:
    """R19."""
    answer = browser.get("/bind?id=u1&status=500")
    assert answer.cookies[NAME].value
    assert browser.get("/whoami").json()["sessions"] == "u1"


def test_a_logout_in_a_failed_request_holds(browser: Client, store: Any) -> None:
    browser.get("/bind?id=u1")
    assert browser.get("/sign-out?status=500").cookies[NAME]["max-age"] == "0"
    assert len(store.inner) == 0


def test_an_emptied_session_is_deleted_and_its_cookie_cleared(browser: Client, store: Any, project: Any) -> None:
    """R20."""
    project.SESSION_COOKIE_PATH = "/"
    browser.get("/write")
    cookie = browser.get("/clear").cookies[NAME]
    assert (cookie.value, cookie["max-age"], cookie["path"], cookie["samesite"]) == ("", "0", "/", "Lax")
    assert cookie["expires"] == "Thu, 01 Jan 1970 00:00:00 GMT"
    assert len(store.inner) == 0


@pytest.mark.parametrize("value", ["rubbish", "a.b", "x" * 10_000, '"', "a.b.c%00"])
def test_a_cookie_that_was_not_made_here_is_cleared(browser: Client, store: Any, value: str) -> None:
    browser.cookies[NAME] = value
    answer = browser.get("/plain")
    assert answer.status_code == 200
    assert answer.cookies[NAME]["max-age"] == "0"
    assert store.calls == {}


def test_a_planted_cookie_does_not_hide_the_true_one(browser: Client) -> None:
    browser.get("/write?x=7")
    true = browser.cookies[NAME].value
    header = f"{NAME}={'a' * 22}.{'b' * 43}; {NAME}={true}"
    assert Client().get("/read", headers={"cookie": header}).content == b"7"


def test_a_logout_of_a_visitor_without_a_cookie_sends_none(browser: Client, store: Any) -> None:
    assert not browser.get("/sign-out").cookies
    assert store.calls == {}


def test_a_session_that_ended_under_a_request_answers_400(browser: Client, store: Any) -> None:
    """R22."""
    browser.get("/write")
    answer = browser.get("/lose")
    assert answer.status_code == 400
    assert answer.cookies[NAME]["max-age"] == "0"
    assert len(store.inner) == 0


@pytest.mark.parametrize(("path", "status"), [("/gone", 400), ("/away", 503)])
def test_what_a_view_lets_through(browser: Client, path: str, status: int) -> None:
    assert browser.get(path).status_code == status


def test_a_store_that_fails_on_read_loses_nothing(browser: Client, store: Any) -> None:
    browser.get("/write?x=7")
    store.fail["read"] = SessionBackendError("no answer")
    answer = browser.get("/read")
    assert (answer.status_code, dict(answer.cookies)) == (503, {})
    store.fail.clear()
    assert browser.get("/read").content == b"7"


def test_a_store_that_fails_on_write_answers_500(browser: Client, store: Any) -> None:
    browser.get("/write?x=7")
    store.fail["write"] = SessionBackendError("no answer")
    answer = browser.get("/write?x=8")
    assert (answer.status_code, dict(answer.cookies)) == (500, {})
    store.fail.clear()
    assert browser.get("/read").content == b"7"


def test_logging_in_makes_the_old_cookie_worthless(browser: Client) -> None:
    """R6."""
    browser.get("/write?x=7")
    before = browser.cookies[NAME].value
    browser.get("/bind?id=u1&keep")
    assert browser.get("/whoami").json() == {"django": None, "sessions": "u1", "x": "7"}
    thief = Client()
    thief.cookies[NAME] = before
    assert thief.get("/read").content == b"None"


def test_a_config_of_ones_own_names_the_cookie(browser: Client, project: Any) -> None:
    project.PARSE_SESSION_CONFIG = SessionConfig(cookie_name="__Host-id", sign_key="s" * 32)
    assert "__Host-id" in browser.get("/write?x=7", secure=True).cookies
    assert browser.get("/read", secure=True).content == b"7"


def test_a_partitioned_cookie_is_set_and_cleared_as_one(browser: Client, project: Any) -> None:
    project.PARSE_SESSION_CONFIG = SessionConfig(same_site="None", partitioned=True)
    for path in ("/write", "/clear"):
        header = browser.get(path, secure=True).cookies["id"].OutputString()
        assert {"Partitioned", "Secure", "SameSite=None"} <= {*header.split("; ")}


def test_the_device_is_noted(browser: Client, store: Any) -> None:
    browser.get("/bind?id=u1", headers={"user-agent": "Mozilla/5.0 (Macintosh) Chrome/126"}, REMOTE_ADDR="192.0.2.7")
    (record,) = store.list_for_user("u1")
    assert (record.device_name, record.ip_address) == ("Chrome on macOS", "192.0.2.7")


def test_forwarded_headers_count_from_trusted_proxies_only(browser: Client, store: Any, project: Any) -> None:
    headers = {"x-forwarded-for": "198.51.100.7"}
    browser.get("/bind?id=u1", headers=headers, REMOTE_ADDR="10.0.0.1")
    project.PARSE_SESSION_CONFIG = SessionConfig(trusted_proxies=("10.0.0.0/8",))
    browser.get("/bind?id=u2", headers=headers, REMOTE_ADDR="10.0.0.1")
    assert store.list_for_user("u1")[0].ip_address == "10.0.0.1"
    assert store.list_for_user("u2")[0].ip_address == "198.51.100.7"


# -- acting as the visitor -------------------------------------------------------------------


def test_a_view_acts_as_its_visitor_and_nothing_stays_behind(browser: Client) -> None:
    assert browser.get("/acting").json() == {"kind": "anonymous"}
    assert ambient_credential() is None


def test_a_project_may_act_as_itself(browser: Client, project: Any) -> None:
    project.PARSE_SESSION_CONFIG = SessionConfig(act_as_visitor=False)
    assert browser.get("/acting").json() == {"kind": None}


def test_a_streamed_body_is_made_as_the_visitor(browser: Client) -> None:
    answer = browser.get("/streaming")
    assert b"".join(answer.streaming_content) == b"anonymous anonymous "  # type: ignore[attr-defined]
    assert ambient_credential() is None


def test_async_views_act_as_their_visitor() -> None:
    async def walk() -> tuple[Any, bytes]:
        browser = AsyncClient()
        acting = await browser.get("/async-acting")
        streamed = await browser.get("/async-streaming")
        parts = [part async for part in streamed.streaming_content]  # type: ignore[attr-defined]
        return acting, b"".join(parts)

    acting, body = asyncio.run(walk())
    assert acting.json() == {"kind": "anonymous"}
    assert acting.cookies[NAME].value
    assert body == b"anonymous anonymous "


def test_requests_that_did_not_come_through_are_left_alone() -> None:
    middleware = SessionMiddleware(lambda request: None)
    answer = object()
    assert middleware.process_response(RequestFactory().get("/"), answer) is answer  # type: ignore[arg-type]


def test_a_program_without_cookies_sends_a_bearer_where_the_config_lets_it(project: Any, store: Any) -> None:
    project.PARSE_SESSION_CONFIG = SessionConfig(cookie_name="sessionid", bearer=True)
    program = Client(enforce_csrf_checks=True)
    entered = program.get("/bind?id=u1", headers={"authorization": "Bearer none"})
    assert not entered.cookies
    bearer = {"authorization": f"Bearer {entered['X-Session-Token']}"}
    answer = program.get("/whoami", headers=bearer)
    assert (answer.json()["sessions"], answer["Cache-Control"]) == ("u1", "no-store")
    assert answer["Vary"] == "Cookie, Authorization"
    assert program.get("/whoami").json()["sessions"] is None
    page = "/account/sessions/revoke-all"
    assert program.post(page).status_code == 403  # without it a form needs its token
    assert program.post(page, headers={**bearer, "accept": "application/json"}).json() == {"ended": 1}
    assert program.get("/whoami", headers=bearer).json()["sessions"] is None
