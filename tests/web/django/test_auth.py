"""Logging in with Django's own functions, against the dev server."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import AsyncClient, Client

import parse_orm as orm
from parse_orm.contrib.django.auth import ParseBackend
from parse_orm.web import MemoryStore
from tests.web.django import probe

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.live]

MARY = {"username": "mary", "password": "a long secret"}


@pytest.fixture
def mary(parse_client: Any) -> orm.User:
    return orm.User.signup(**MARY)


@pytest.fixture
def browser(mary: orm.User) -> Client:
    browser = Client()
    assert browser.post("/sign-in", MARY).status_code == 200
    return browser


def logins(user: orm.User) -> set[str]:
    """The ids of the `_Session` rows of a user."""
    with orm.as_master():
        return {str(session.id) for session in orm.Session.for_user(user).all()}


def test_a_login_binds_the_session_to_the_parse_user(browser: Client, mary: orm.User) -> None:
    assert browser.get("/whoami").json() == {"django": mary.id, "sessions": mary.id, "x": None}


def test_a_login_keeps_what_the_visitor_had_under_a_new_cookie(mary: orm.User) -> None:
    """R6."""
    browser, thief = Client(), Client()
    browser.get("/write?x=7")
    thief.cookies["sessionid"] = browser.cookies["sessionid"].value
    browser.post("/sign-in", MARY)
    assert browser.get("/whoami").json()["x"] == "7"
    assert thief.get("/whoami").json() == {"django": None, "sessions": None, "x": None}


def test_views_act_with_the_visitors_token(browser: Client) -> None:
    assert browser.get("/acting").json() == {"kind": "session"}


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"username": "nobody"}, {"password": ""}, {"username": ""}])
def test_a_wrong_name_or_password_is_refused(mary: orm.User, changes: dict[str, str]) -> None:
    before = logins(mary)
    assert Client().post("/sign-in", MARY | changes).status_code == 403
    assert logins(mary) == before


def test_the_token_never_reaches_the_browser_nor_stands_in_the_store(
    browser: Client, mary: orm.User, store: MemoryStore
) -> None:
    """R2."""
    answer = browser.get("/whoami")
    assert "r:" not in str(answer.headers) + answer.content.decode() + str(answer.cookies)
    (record,) = store.list_for_user(str(mary.id))
    assert "r:" not in str(record.data)


def test_a_logout_ends_both_logins(browser: Client, mary: orm.User, store: MemoryStore) -> None:
    before = logins(mary)
    assert browser.get("/sign-out").cookies["sessionid"]["max-age"] == "0"
    assert len(logins(mary)) == len(before) - 1
    assert len(store) == 0
    assert browser.get("/whoami").json()["django"] is None


def test_a_second_login_in_one_browser_ends_the_first(browser: Client, mary: orm.User, store: MemoryStore) -> None:
    before = logins(mary)
    browser.post("/sign-in", MARY)
    assert len(store) == 1
    assert len(logins(mary)) == len(before)


def test_another_user_gets_nothing_of_the_one_before(browser: Client) -> None:
    """R9."""
    browser.get("/write?x=7")
    other = orm.User.signup("joe", "another secret")
    browser.post("/sign-in", {"username": "joe", "password": "another secret"})
    assert browser.get("/whoami").json() == {"django": other.id, "sessions": other.id, "x": None}


def test_two_browsers_of_one_user_are_independent(browser: Client, mary: orm.User) -> None:
    other = Client()
    other.post("/sign-in", MARY)
    browser.get("/sign-out")
    assert other.get("/whoami").json()["sessions"] == mary.id


def test_a_dead_token_logs_the_visitor_out(browser: Client, mary: orm.User, store: MemoryStore) -> None:
    with orm.as_master():
        orm.Session.revoke_all_for_user(mary)
    client = Client(raise_request_exception=False)
    client.cookies = browser.cookies
    assert client.get("/dead-token").status_code == 500
    assert client.get("/whoami").json() == {"django": None, "sessions": None, "x": None}
    assert len(store) == 0


def test_django_keeps_one_row_for_a_parse_user_and_no_password(browser: Client, mary: orm.User) -> None:
    Client().post("/sign-in", MARY)
    (row,) = get_user_model().objects.all()
    assert row.get_username() == mary.id
    assert not row.has_usable_password()


def test_a_user_who_is_locked_in_django_may_not_come_in(browser: Client, mary: orm.User) -> None:
    """R30."""
    get_user_model().objects.update(is_active=False)
    before = logins(mary)
    assert Client().post("/sign-in", MARY).status_code == 403
    assert logins(mary) == before
    assert browser.get("/whoami").json()["django"] is None


def test_another_field_may_hold_the_id(mary: orm.User, project: Any) -> None:
    project.AUTHENTICATION_BACKENDS = ["tests.web.django.probe.ByLastName"]
    Client().post("/sign-in", MARY)
    assert get_user_model().objects.get().last_name == mary.id
    assert issubclass(probe.ByLastName, ParseBackend)


def test_async_views_log_in_too(mary: orm.User) -> None:
    async def walk() -> str:
        browser = AsyncClient()
        return str((await browser.post("/async-sign-in", MARY)).content.decode())

    assert asyncio.run(walk()) == mary.id


def test_a_login_of_another_backend_is_none_of_parses(project: Any) -> None:
    project.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    get_user_model().objects.create_user("root", password="a long secret")
    browser = Client()
    browser.post("/sign-in", {"username": "root", "password": "a long secret"})
    assert browser.get("/whoami").json() == {"django": "root", "sessions": None, "x": None}
