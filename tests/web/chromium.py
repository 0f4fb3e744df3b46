"""A real Chromium, a person at its keyboard, and pictures of what they see in tests/artefacts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

ARTEFACTS = Path(__file__).parents[1] / "artefacts"
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
DESKTOP = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1"
LAPTOP = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:126.0) Gecko/20100101 Firefox/126.0"

#: Without a sandbox, for CI runs as root in a container that is one; nothing is asked of hosts elsewhere.
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
    "--hide-scrollbars",
)

needs_chromium = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="needs the Debian packages chromium and chromium-driver, which .ci/run installs"
)


@contextmanager
def browser(profile: Path, agent: str = DESKTOP) -> Iterator[Any]:
    """A Chromium with a profile of its own, closed at the end of the block."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (*FLAGS, f"--user-agent={agent}", f"--user-data-dir={profile}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
    try:
        yield driver
    finally:
        driver.quit()


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

    def log_in(self, site: str, name: str, password: str) -> None:
        self.driver.get(f"{site}/login")
        self.press(name, Keys.TAB)
        self.press(password)
        self.follow("Log in")


def heading(driver: Any) -> str:
    return str(driver.find_element("tag name", "h1").text)


def said(driver: Any, role: str) -> str:
    """What a screen reader reads out by itself: of role "status" or "alert"."""
    return str(driver.find_element("css selector", f"[role={role}]").text)


def names(driver: Any) -> list[str]:
    """The devices that the page lists."""
    return [element.text.replace("\n", " ") for element in driver.find_elements("css selector", "ul.devices h2")]


def picture(driver: Any, name: str, width: int = 860) -> None:
    """Keep what the whole page looks like on a screen of that width."""
    for height in (600, None):
        height = height or driver.execute_script("return document.documentElement.scrollHeight")
        screen = {"width": width, "height": height, "deviceScaleFactor": 2, "mobile": width < 600}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    ARTEFACTS.mkdir(exist_ok=True)
    assert driver.save_screenshot(str(ARTEFACTS / f"{name}.png"))
