"""The devices page of a Django project in two real Chromium profiles of one person, by keyboard alone."""

from __future__ import annotations

import contextvars
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application

import parse_orm as orm
from examples.serving import serving
from parse_orm.testing.session_store_contract import Moment
from tests.web.chromium import PHONE, Keyboard, browser, heading, names, needs_chromium, picture, said

PERSON = {"name": "mary", "password": "correct horse battery staple"}
TEMPLATES = Path(__file__).parents[3] / "examples" / "django_project" / "templates"

pytestmark = needs_chromium


@pytest.fixture
def site(parse_client: Any, project: Any) -> Iterator[str]:
    """The pages of the example project, under the clock of the test."""
    project.ALLOWED_HOSTS, project.ROOT_URLCONF = ["127.0.0.1"], "examples.django_project.urls"
    project.LOGIN_URL, project.ADMINISTRATOR = "/login", "admin"
    project.TEMPLATES = [{**project.TEMPLATES[0], "DIRS": [TEMPLATES]}]
    orm.User.signup(PERSON["name"], PERSON["password"]).logout()
    app, context = get_wsgi_application(), contextvars.copy_context()
    # A thread of the web server does not know which client the test is connected with.
    with serving(lambda environ, start: context.copy().run(app, environ, start)) as url:
        yield url


def test_who_types_the_password_again_signs_out_the_other_profile(site: str, moment: Moment, tmp_path: Path) -> None:
    with browser(tmp_path / "desk") as desk, browser(tmp_path / "phone", PHONE) as phone:
        keyboard = Keyboard(desk)
        keyboard.log_in(site, **PERSON)
        Keyboard(phone).log_in(site, **PERSON)
        keyboard.follow("Your devices")
        assert heading(desk) == "Your devices"
        assert names(desk) == ["Chrome on Linux This device", "Safari on iPhone"]
        assert desk.find_elements("tag name", "script") == []
        picture(desk, "django-devices")

        moment.pass_by(timedelta(minutes=16))
        keyboard.follow("Sign out of Safari on iPhone")
        assert desk.current_url == f"{site}/account/sessions/confirm?next=/account/sessions"
        assert keyboard.label() == "Password"
        picture(desk, "django-confirm")
        phone.get(f"{site}/")
        assert heading(phone) == f"Hello, {PERSON['name']}"

        keyboard.press("wrong")
        keyboard.follow("Confirm")
        assert said(desk, "alert") == "The password is wrong."
        picture(desk, "django-confirm-wrong")
        keyboard.press(PERSON["password"])
        keyboard.follow("Confirm")
        assert heading(desk) == "Your devices"

        keyboard.follow("Sign out of Safari on iPhone")
        assert said(desk, "status") == "Signed out of the device."
        assert names(desk) == ["Chrome on Linux This device"]
        picture(desk, "django-devices-after")
        phone.get(f"{site}/account/sessions")
        assert heading(phone) == "Log in"
        picture(phone, "django-signed-out", width=360)
        desk.get(f"{site}/")
        assert heading(desk) == f"Hello, {PERSON['name']}"
