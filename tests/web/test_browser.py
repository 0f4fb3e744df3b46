"""The page "Your devices" in a real Chromium, by keyboard alone; its pictures are left in tests/artefacts."""

from __future__ import annotations

import contextvars
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from selenium import webdriver
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

import parse_orm as orm
from examples.flask_site.app import create_app
from examples.serving import serving, submit

ARTEFACTS = Path(__file__).parents[1] / "artefacts"
PERSON = {"name": "ann", "password": "correct horse battery staple"}
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1"
LAPTOP = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:126.0) Gecko/20100101 Firefox/126.0"
DESKTOP = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"

#: Without a sandbox, for CI runs as root in a container that is one; nothing is asked of hosts elsewhere.
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
    *("--hide-scrollbars", f"--user-agent={DESKTOP}"),
)

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="needs the Debian packages chromium and chromium-driver, which .ci/run installs"
)


@pytest.fixture
def site(parse_client: Any) -> Iterator[str]:
    orm.User.signup(PERSON["name"], PERSON["password"]).logout()
    app, context = create_app("s" * 32, secure=False), contextvars.copy_context()
    # A thread of the web server does not know which client the test is connected with.
    with serving(lambda environ, start: context.copy().run(app, environ, start)) as url:
        yield url


@pytest.fixture
def chromium(tmp_path: Path) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
    yield driver
    driver.quit()


def elsewhere(site: str, agent: str) -> requests.Session:
    """Another device of the same person."""
    device = requests.Session()
    device.headers["User-Agent"] = agent
    submit(device, f"{site}/login", f"{site}/login", **PERSON)
    return device


def is_in(device: requests.Session, site: str) -> bool:
    return f"Hello, {PERSON['name']}" in device.get(f"{site}/", timeout=10).text


class Keyboard:
    """A person without a mouse."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def press(self, *keys: str) -> None:
        self.driver.switch_to.active_element.send_keys(*keys)

    def label(self) -> str:
        """What a screen reader says of the element that has the focus."""
        element = self.driver.switch_to.active_element
        return str(element.accessible_name)

    def tab_to(self, label: str) -> None:
        for _ in range(30):
            if self.label() == label:
                return
            self.press(Keys.TAB)
        raise AssertionError(f"no press of the tab key leads to {label!r}")

    def follow(self, label: str) -> None:
        """Go to a link or a button, and press it."""
        self.tab_to(label)
        before = self.driver.find_element("tag name", "html")
        self.press(Keys.ENTER)
        WebDriverWait(self.driver, 10).until(lambda _: self.driver.find_element("tag name", "html") != before)

    def log_in(self, site: str) -> None:
        self.driver.get(f"{site}/login")
        self.press(PERSON["name"], Keys.TAB)
        self.press(PERSON["password"])
        self.follow("Log in")


def heading(driver: Any) -> str:
    return str(driver.find_element("tag name", "h1").text)


def names(driver: Any) -> list[str]:
    return [element.text.replace("\n", " ") for element in driver.find_elements("css selector", "ul.devices h2")]


def picture(driver: Any, name: str, width: int = 860) -> None:
    """Keep what the whole page looks like on a screen of that width."""
    for height in (600, None):
        height = height or driver.execute_script("return document.documentElement.scrollHeight")
        screen = {"width": width, "height": height, "deviceScaleFactor": 2, "mobile": width < 600}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    ARTEFACTS.mkdir(exist_ok=True)
    assert driver.save_screenshot(str(ARTEFACTS / f"{name}.png"))


def test_a_device_is_signed_out_by_keyboard_alone(site: str, chromium: Any) -> None:
    phone, laptop, keyboard = elsewhere(site, PHONE), elsewhere(site, LAPTOP), Keyboard(chromium)
    keyboard.log_in(site)
    keyboard.follow("Your devices")
    assert heading(chromium) == "Your devices"
    assert chromium.page_source.count("This device") == 1
    assert names(chromium)[0] == "Chrome on Linux This device"
    assert sorted(names(chromium)[1:]) == ["Firefox on macOS", "Safari on iPhone"]
    assert chromium.find_elements("tag name", "script") == []
    picture(chromium, "devices")

    keyboard.follow("Sign out of Safari on iPhone")
    assert chromium.find_element("css selector", "[role=status]").text == "Signed out of the device."
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
    Keyboard(chromium).log_in(site)
    scheme = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", scheme)
    chromium.get(f"{site}/account/sessions")
    picture(chromium, "devices-phone", width=360)
    assert chromium.execute_script("return document.documentElement.scrollWidth") <= 360
    background = chromium.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert background == "rgb(13, 17, 23)"
