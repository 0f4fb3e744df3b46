"""The page "Your devices" in a real Chromium, by keyboard alone; its pictures are left in tests/artefacts."""

from __future__ import annotations

import contextvars
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

import parse_orm as orm
from examples.flask_site.app import create_app
from examples.serving import serving, submit
from tests.web.chromium import LAPTOP, PHONE, Keyboard, browser, heading, names, needs_chromium, picture, said

PERSON = {"name": "ann", "password": "correct horse battery staple"}

pytestmark = needs_chromium


@pytest.fixture
def site(parse_client: Any) -> Iterator[str]:
    orm.User.signup(PERSON["name"], PERSON["password"]).logout()
    app, context = create_app("s" * 32, secure=False), contextvars.copy_context()
    # A thread of the web server does not know which client the test is connected with.
    with serving(lambda environ, start: context.copy().run(app, environ, start)) as url:
        yield url


@pytest.fixture
def chromium(tmp_path: Path) -> Iterator[Any]:
    with browser(tmp_path / "profile") as driver:
        yield driver


def elsewhere(site: str, agent: str) -> requests.Session:
    """Another device of the same person."""
    device = requests.Session()
    device.headers["User-Agent"] = agent
    submit(device, f"{site}/login", f"{site}/login", **PERSON)
    return device


def is_in(device: requests.Session, site: str) -> bool:
    return f"Hello, {PERSON['name']}" in device.get(f"{site}/", timeout=10).text


def test_a_device_is_signed_out_by_keyboard_alone(site: str, chromium: Any) -> None:
    phone, laptop, keyboard = elsewhere(site, PHONE), elsewhere(site, LAPTOP), Keyboard(chromium)
    keyboard.log_in(site, **PERSON)
    keyboard.follow("Your devices")
    assert heading(chromium) == "Your devices"
    assert chromium.page_source.count("This device") == 1
    assert names(chromium)[0] == "Chrome on Linux This device"
    assert sorted(names(chromium)[1:]) == ["Firefox on macOS", "Safari on iPhone"]
    assert chromium.find_elements("tag name", "script") == []
    picture(chromium, "devices")

    keyboard.follow("Sign out of Safari on iPhone")
    assert said(chromium, "status") == "Signed out of the device."
    assert names(chromium) == ["Chrome on Linux This device", "Firefox on macOS"]
    assert (is_in(phone, site), is_in(laptop, site)) == (False, True)
    picture(chromium, "devices-after")

    keyboard.follow("Sign out of all other devices (1)")
    assert "You are only signed in here." in chromium.page_source
    assert chromium.page_source.count("This device") == 1
    assert is_in(laptop, site) is False

    keyboard.follow("Sign out everywhere")
    assert heading(chromium) == "Log in"
    chromium.get(f"{site}/account/sessions")
    assert heading(chromium) == "Log in"


def test_the_page_fits_a_phone_and_a_dark_screen(site: str, chromium: Any) -> None:
    elsewhere(site, PHONE)
    Keyboard(chromium).log_in(site, **PERSON)
    scheme = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", scheme)
    chromium.get(f"{site}/account/sessions")
    picture(chromium, "devices-phone", width=360)
    assert chromium.execute_script("return document.documentElement.scrollWidth") <= 360
    background = chromium.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert background == "rgb(13, 17, 23)"
