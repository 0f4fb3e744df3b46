"""A child process: its last lines are at hand, its secrets are not, and it ends when told."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from parse_orm.devserver.child import KEPT_LINES, Child

PYTHON = (sys.executable, "-I", "-S", "-u", "-c")


def test_the_log_keeps_the_last_lines_only(tmp_path: Path) -> None:
    child = Child([*PYTHON, f"for i in range({KEPT_LINES + 5}): print(i)"], tmp_path)
    assert child.wait(10)

    assert child.lines[-1] == str(KEPT_LINES + 4)
    assert len(child.lines) == KEPT_LINES
    child.end()


def test_secrets_are_blanked(tmp_path: Path) -> None:
    child = Child([*PYTHON, "print('key=s3cret;')"], tmp_path, secrets=["s3cret"])
    assert child.wait(10)

    assert child.lines == ["key=[hidden];"]
    child.end()


def test_closing_stdin_ends_it(tmp_path: Path) -> None:
    child = Child([*PYTHON, "import sys; sys.stdin.read()"], tmp_path)
    assert not child.ended

    child.end()

    assert child.ended


def test_one_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    child = Child([*PYTHON, "import time; print('up'); time.sleep(60)"], tmp_path)
    assert child.wait_until(lambda: child.lines == ["up"], 10)
    began = time.monotonic()

    child.end(timeout=0.1)

    assert child.ended
    assert time.monotonic() - began < 5


def test_waiting_stops_when_the_process_ends(tmp_path: Path) -> None:
    child = Child([*PYTHON, ""], tmp_path)

    assert not child.wait_until(lambda: False, timeout=30)
    assert child.ended
    child.end()


def test_writing_to_a_dead_process_is_an_error(tmp_path: Path) -> None:
    child = Child([*PYTHON, "import time; time.sleep(60)"], tmp_path)
    child.kill()

    with pytest.raises((BrokenPipeError, ValueError)):
        child.write_line("hello")
