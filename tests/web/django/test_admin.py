"""The admin page that counts and ends the sessions of users."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.test import Client

import parse_orm as orm
from parse_orm.web import MemoryStore

PAGE = "/admin/parse_orm_admin/sessioncount/"
PASSWORD = "a long secret"

pytestmark = pytest.mark.django_db(transaction=True)


def staff(*permissions: str, **kinds: bool) -> Client:
    """A browser in which somebody of the staff is signed in."""
    user = get_user_model().objects.create_user("root", password=PASSWORD, is_staff=True, **kinds)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    browser = Client(enforce_csrf_checks=True)
    browser.post("/sign-in", {"username": "root", "password": PASSWORD})
    return browser


@pytest.fixture(autouse=True)
def backends(project: Any) -> None:
    model, parse = "django.contrib.auth.backends.ModelBackend", "parse_orm.contrib.django.auth.ParseBackend"
    project.AUTHENTICATION_BACKENDS = [model, parse]


def test_the_model_makes_no_table_and_no_further_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_only_staff_with_the_permissions_come_in_and_act(parse_client: Any) -> None:
    assert Client().get(PAGE).status_code == 302
    assert staff().get(PAGE).status_code == 403
    get_user_model().objects.all().delete()
    viewer = staff("view_sessioncount")
    orm.User.signup("mary", PASSWORD)
    html = viewer.get(PAGE).content.decode()
    assert "mary" in html
    assert "End all sessions" not in html
    token = viewer.cookies["csrftoken"].value
    assert viewer.post(PAGE, {"user": "u1", "csrfmiddlewaretoken": token}).status_code == 403


def test_the_form_ends_web_and_parse_sessions_without_javascript(parse_client: Any, store: MemoryStore) -> None:
    mary, bob = orm.User.signup("mary", PASSWORD), orm.User.signup("bob", PASSWORD)
    web, phone = Client(), orm.User.login("mary", PASSWORD)
    web.post("/sign-in", {"username": "mary", "password": PASSWORD})
    root = staff(is_superuser=True)
    assert PAGE in root.get("/admin/").content.decode()
    html = root.get(PAGE).content.decode()
    assert re.findall(r"<td>(\d+)</td>", html) == ["3", "1"]
    assert "r:" not in re.sub(r"<style.*?</style>", "", html.partition("<table>")[2], flags=re.S)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
    assert token is not None
    assert root.post(PAGE, {"user": str(mary.id)}).status_code == 403  # no CSRF token
    answer = root.post(PAGE, {"user": str(mary.id), "csrfmiddlewaretoken": token[1]}, follow=True)
    assert "Ended all sessions of 1 user." in answer.content.decode()
    assert web.get("/whoami").json()["sessions"] is None
    assert orm.User.for_token(str(phone.session_token)) is None
    assert orm.User.for_token(str(bob.session_token)) is not None


def test_looking_ends_nothing(parse_client: Any) -> None:
    mary = orm.User.signup("mary", PASSWORD)
    staff(is_superuser=True).get(f"{PAGE}?user={mary.id}")
    assert orm.User.for_token(str(mary.session_token)) is not None


def test_ending_ones_own_sessions_ends_this_visit_too(parse_client: Any) -> None:
    mary = orm.User.signup("mary", PASSWORD)
    browser = Client()
    browser.post("/sign-in", {"username": "mary", "password": PASSWORD})
    get_user_model().objects.filter(username=mary.id).update(is_staff=True, is_superuser=True)
    assert browser.post(PAGE, {"user": str(mary.id)}).status_code == 302
    assert browser.get("/whoami").json()["sessions"] is None
    assert orm.User.for_token(str(mary.session_token)) is None
