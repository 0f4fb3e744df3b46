"""The devices page of a Django project."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

import parse_orm as orm
from parse_orm.testing.session_store_contract import Moment
from parse_orm.web import MemoryStore

PAGE = "/account/sessions"
MAC = {"user-agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X) Chrome/126 Safari/537"}
MARY = {"username": "mary", "password": "a long secret"}


def signed_in(user: str = "u1", **headers: str) -> Client:
    browser = Client(headers=headers or MAC)
    browser.get(f"/bind?id={user}")
    return browser


def id_of(browser: Client) -> str:
    return str(browser.cookies["sessionid"].value.partition(".")[0])


def user_of(browser: Client) -> Any:
    return browser.get("/whoami").json()["sessions"]


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/confirm"])
def test_who_is_not_signed_in_is_sent_to_the_login(path: str) -> None:
    answer = Client().get(path)
    assert (answer.status_code, answer["Location"]) == (303, f"/accounts/login/?next={path}")
    assert Client().get(path, headers={"accept": "application/json"}).status_code == 401


def test_the_page_lists_the_devices_once_each() -> None:
    browser = signed_in()
    signed_in("u1", **{"user-agent": "Mozilla/5.0 (iPhone) Safari/604"})
    signed_in("u2")
    answer = browser.get(PAGE)
    html = answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert html.count("This device") == 1
    assert html.count("Sign out of Chrome on macOS") == 1
    assert "Safari on iPhone" in html
    assert "Sign out of all other devices (1)" in html
    assert '<time datetime="' in html
    assert "<script" not in html


def test_what_a_browser_says_of_itself_is_escaped() -> None:
    browser = signed_in("u1", **{"user-agent": "<script>alert(1)</script> Firefox"})
    html = browser.get(PAGE).content.decode()
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_the_page_holds_nothing_secret() -> None:
    browser = signed_in()
    html = browser.get(PAGE).content.decode()
    assert browser.cookies["sessionid"].value.partition(".")[2] not in html


def test_json_for_whoever_asks_for_it() -> None:
    browser = signed_in()
    (session,) = browser.get(PAGE, headers={"accept": "application/json"}).json()["sessions"]
    assert (session["id"], session["is_current"], session["device_name"]) == (id_of(browser), True, "Chrome on macOS")
    assert not {"token_hash", "data", "fingerprint"} & session.keys()


def test_looking_changes_nothing(store: MemoryStore) -> None:
    browser, other = signed_in(), signed_in()
    for path in (
        f"{PAGE}/{id_of(other)}/revoke",
        f"{PAGE}/revoke-others",
        f"{PAGE}/revoke-all",
        f"{PAGE}/{id_of(other)}",
    ):
        assert browser.get(path).status_code == 405
    assert len(store) == 2


def test_a_revoked_device_is_out_at_its_next_request() -> None:
    """R27."""
    browser, other = signed_in(), signed_in()
    answer = browser.post(f"{PAGE}/{id_of(other)}/revoke")
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    assert "Signed out of the device." in browser.get(PAGE).content.decode()
    assert "Signed out of the device." not in browser.get(PAGE).content.decode()
    assert (user_of(other), user_of(browser)) == (None, "u1")


def test_revoking_this_device_logs_it_out() -> None:
    browser = signed_in()
    answer = browser.post(f"{PAGE}/{id_of(browser)}/revoke")
    assert (answer.status_code, answer["Location"]) == (303, "/accounts/login/")
    assert answer.cookies["sessionid"]["max-age"] == "0"


def test_a_device_of_somebody_else_is_not_found() -> None:
    """R26."""
    browser, stranger = signed_in(), signed_in("u2")
    assert browser.post(f"{PAGE}/{id_of(stranger)}/revoke").status_code == 404
    assert user_of(stranger) == "u2"


def test_all_others_are_signed_out_and_counted() -> None:
    browser, others = signed_in(), [signed_in() for _ in range(4)]
    assert browser.post(f"{PAGE}/revoke-others").status_code == 303
    html = browser.get(PAGE).content.decode()
    assert "Signed out of 4 devices." in html
    assert "You are only signed in here." in html
    assert [user_of(other) for other in others] == [None] * 4


def test_everywhere_means_here_too() -> None:
    browser, other = signed_in(), signed_in()
    answer = browser.post(f"{PAGE}/revoke-all")
    assert answer["Location"] == "/accounts/login/"
    assert (user_of(browser), user_of(other)) == (None, None)


def test_a_program_revokes_with_delete(moment: Moment) -> None:
    browser, other = signed_in(), signed_in()
    assert browser.delete(f"{PAGE}/absent").status_code == 404
    assert browser.delete(f"{PAGE}/{id_of(other)}").status_code == 204
    assert user_of(other) is None
    moment.pass_by(timedelta(minutes=20))
    answer = browser.delete(f"{PAGE}/{id_of(browser)}")
    assert (answer.status_code, answer.json()) == (403, {"error": "confirmation_required"})
    assert Client().delete(f"{PAGE}/absent").status_code == 401


def test_a_password_typed_long_ago_is_asked_for_again(moment: Moment) -> None:
    """R32."""
    browser, other = signed_in(), signed_in()
    moment.pass_by(timedelta(minutes=16))
    answer = browser.post(f"{PAGE}/{id_of(other)}/revoke")
    assert (answer.status_code, answer["Location"]) == (303, f"{PAGE}/confirm?next={PAGE}")
    assert user_of(other) == "u1"


@pytest.mark.parametrize("path", ["revoke-others", "revoke-all", "absent/revoke", "confirm"])
def test_a_form_of_another_site_does_nothing(path: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.get("/bind?id=u1")
    assert browser.post(f"{PAGE}/{path}").status_code == 403
    assert user_of(browser) == "u1"


def test_a_project_that_forgot_the_csrf_middleware_is_safe_too(project: Any) -> None:
    project.MIDDLEWARE = [name for name in project.MIDDLEWARE if "csrf" not in name]
    browser = Client(enforce_csrf_checks=True)
    browser.get("/bind?id=u1")
    assert browser.post(f"{PAGE}/revoke-all").status_code == 403
    assert user_of(browser) == "u1"


def test_the_forms_of_the_page_work_as_they_are_without_javascript() -> None:
    browser, other = Client(enforce_csrf_checks=True), signed_in()
    browser.get("/bind?id=u1")
    html = browser.get(PAGE).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
    action = re.search(rf'action="([^"]*{id_of(other)}[^"]*)"', html)
    assert token is not None
    assert action is not None
    assert browser.post(action[1], {"csrfmiddlewaretoken": token[1]}).status_code == 303
    assert user_of(other) is None


@pytest.mark.live
@pytest.mark.django_db(transaction=True)
def test_typing_the_password_again_opens_the_way(parse_client: Any, moment: Moment) -> None:
    orm.User.signup(**MARY)
    browser, other = Client(), Client()
    browser.post("/sign-in", MARY)
    other.post("/sign-in", MARY)
    moment.pass_by(timedelta(minutes=16))
    form = browser.get(f"{PAGE}/confirm?next=//evil.example").content.decode()
    assert f'name="next" value="{PAGE}"' in form
    wrong = browser.post(f"{PAGE}/confirm", {"password": "wrong", "next": PAGE})
    assert (wrong.status_code, "The password is wrong." in wrong.content.decode()) == (403, True)
    assert browser.post(f"{PAGE}/confirm", {}, headers={"accept": "application/json"}).status_code == 403

    before = browser.cookies["sessionid"].value
    right = browser.post(f"{PAGE}/confirm", {"password": MARY["password"], "next": "/read"})
    assert (right.status_code, right["Location"]) == (303, "/read")
    assert browser.cookies["sessionid"].value != before
    assert browser.post(f"{PAGE}/{id_of(other)}/revoke")["Location"] == PAGE
    assert user_of(other) is None


@pytest.mark.live
@pytest.mark.django_db(transaction=True)
def test_logins_of_apps_are_listed_and_can_be_ended(parse_client: Any) -> None:
    orm.User.signup(**MARY)
    browser = Client(headers=MAC)
    browser.post("/sign-in", MARY)
    phone = orm.User.login(MARY["username"], MARY["password"])
    sessions = browser.get(PAGE, headers={"accept": "application/json"}).json()["sessions"]
    apps = [session["id"] for session in sessions if session["kind"] == "parse"]
    for id in apps:
        assert browser.post(f"{PAGE}/{id}/revoke").status_code == 303
    assert orm.User.for_token(str(phone.session_token)) is None


def test_the_page_speaks_the_language_of_the_request() -> None:
    browser, _other = signed_in(), signed_in()
    with translation.override("de"):
        html = browser.get(PAGE).content.decode()
    assert '<html lang="de">' in html
    assert "Ihre Geräte" in html
    assert "Dieses Gerät" in html
    assert '<html lang="en-us">' in browser.get(PAGE).content.decode()
