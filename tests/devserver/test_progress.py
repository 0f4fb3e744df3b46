"""Progress: a line at once, one a second, and a last one; on a terminal in one place."""

from __future__ import annotations

import io
import time

import pytest

from parse_orm.devserver import progress


def test_a_long_task_is_reported_again_and_again() -> None:
    said: list[str] = []

    with progress.ticking("installing", said.append, every=0.02):
        time.sleep(0.1)

    assert said[0] == "installing ..."
    assert len(said) > 3
    assert said[-1] == "installing ... 0 s, done"


def test_a_task_that_fails_is_not_done() -> None:
    said: list[str] = []

    with pytest.raises(RuntimeError), progress.ticking("installing", said.append):
        raise RuntimeError

    assert said == ["installing ..."]


def test_lines_go_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    progress.to_stderr("installing ...")

    assert capsys.readouterr() == ("", "parse_orm.devserver: installing ...\n")


def test_a_terminal_shows_one_line_that_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)

    progress.to_stderr("installing ... 1 s")
    progress.to_stderr("installing ... 2 s, done")

    assert screen.getvalue().count("\n") == 1
    assert screen.getvalue().count("\r") == 2
