"""The guard of Postgres: it stops its charge on a word, and when its parent is gone."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from parse_orm.devserver import guard

# Like Postgres: SIGINT ends it in order, with exit code 0.
POLITE = "import signal, sys, time; signal.signal(signal.SIGINT, lambda *_: sys.exit(0)); time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(60)"


def order(folder: Path, program: str, remove: Path | None = None) -> guard.Order:
    command = [sys.executable, "-I", "-S", "-c", program]
    return {
        "command": command,
        "account": None,
        "folder": str(folder),
        "remove": str(remove) if remove else None,
    }


@pytest.fixture(autouse=True)
def _signals_restored() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def say(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_the_word_stop_stops_postgres_and_keeps_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, "stop\n")
    kept = tmp_path / "kept"
    kept.mkdir()

    guard.main(order(tmp_path, POLITE, remove=kept))

    assert kept.exists()


def test_the_end_of_stdin_stops_postgres_and_removes_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(monkeypatch, "")
    temporary = tmp_path / "temporary"
    (temporary / "inner").mkdir(parents=True)

    guard.main(order(tmp_path, POLITE, remove=temporary))

    assert not temporary.exists()


def test_the_end_of_postgres_ends_the_guard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    monkeypatch.setattr(sys, "stdin", os.fdopen(reader))

    assert guard.main(order(tmp_path, "raise SystemExit(3)")) == 3

    os.close(writer)
    time.sleep(0.05)
    sys.stdin.close()


def test_a_parent_that_is_not_ours_any_more_counts_as_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    waiter = threading.Thread(target=guard.orphaned, args=(-1,))
    waiter.start()
    waiter.join(5)

    assert not waiter.is_alive()


def test_a_postgres_that_hangs_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "QUIT_AFTER", 0.3)
    postgres = subprocess.Popen([sys.executable, "-I", "-S", "-c", STUBBORN])
    time.sleep(0.2)

    guard.end(postgres)

    assert postgres.returncode == -signal.SIGKILL


def test_ending_twice_does_no_harm(tmp_path: Path) -> None:
    postgres = subprocess.Popen([sys.executable, "-I", "-S", "-c", ""])
    postgres.wait()

    guard.end(postgres)

    assert postgres.returncode == 0
