"""`make demo` shows what it runs, runs what it shows, and gives no secret away."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from typing import Any

import pytest

from parse_orm import demo

SECRETS = re.compile(r"r:[0-9a-f]{16}|[0-9a-f]{40}")  # a session token, a key of the dev server


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def tour(stream: io.StringIO) -> demo.Tour:
    return demo.Tour(server=None, stream=stream)  # type: ignore[arg-type]


def shown(text: str) -> list[str]:
    stream = io.StringIO()
    tour(stream).section("Title", text)
    return stream.getvalue().splitlines()[3:]


def test_a_step_is_followed_by_what_it_gives() -> None:
    assert shown("x = 2\n\n# twice\nx * 2") == ["  x = 2", "", "  # twice", "  x * 2", "      4"]


def test_what_a_with_block_gives_is_shown_line_by_line() -> None:
    lines = shown("from contextlib import nullcontext\nwith nullcontext():\n    1 + 1\n    3")

    assert lines[1:] == ["  with nullcontext():", "      1 + 1", "      2", "      3", "      3"]


def test_an_expected_error_is_shown_and_the_tour_goes_on() -> None:
    lines = shown("{}['x']  # raises KeyError\n1")

    assert lines == ["  {}['x']  # raises KeyError", "      KeyError: 'x'", "  1", "      1"]


def test_another_error_than_the_expected_one_ends_the_tour() -> None:
    with pytest.raises(ZeroDivisionError):
        shown("1 / 0  # raises KeyError")


def test_an_expected_error_that_does_not_come_ends_the_tour() -> None:
    with pytest.raises(AssertionError, match="nothing was raised"):
        shown("1  # raises KeyError")


def test_colours_are_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    tour(terminal).section("Title", "1")
    assert "\x1b[32m  1\x1b[0m" in terminal.getvalue()

    monkeypatch.setenv("NO_COLOR", "1")
    plain = Terminal()
    tour(plain).section("Title", "1")
    assert "\x1b" not in plain.getvalue()


def test_a_server_that_cannot_start_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_server() -> Any:
        raise demo.DevServerError("There is no node.")

    monkeypatch.setattr(demo, "DevServer", no_server)

    assert demo.main() == 1
    assert capsys.readouterr().err == "parse_orm.demo: There is no node.\n"


@pytest.mark.live
@pytest.mark.slow
def test_the_whole_tour_succeeds_and_shows_no_secret() -> None:
    done = subprocess.run([sys.executable, "-m", "parse_orm.demo"], capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stderr
    assert [title for title, _ in demo.TOUR if title not in done.stdout] == []
    assert "That was all of it" in done.stdout
    assert "\x1b" not in done.stdout
    assert SECRETS.findall(done.stdout + done.stderr) == []
