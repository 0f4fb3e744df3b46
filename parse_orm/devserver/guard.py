"""Keeps a Postgres alive exactly as long as its parent: run as a script, it ends when stdin does.

Postgres does not notice that the program that started it is gone. This small process does: the line
"stop" on stdin, or the end of stdin (also after kill -9 of the parent), stops Postgres; without the line
the temporary folder goes too. It imports nothing of parse_orm, so that it starts in 20 milliseconds.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import TypedDict

QUIT_AFTER = 3.0
"""Seconds that an orderly shutdown may take before Postgres is killed."""


def end(postgres: subprocess.Popen[bytes]) -> None:
    """Stop Postgres: SIGINT is its fast shutdown, SIGKILL the last resort.

    Args:
        postgres: the running child.
    """
    with contextlib.suppress(ProcessLookupError):
        postgres.send_signal(signal.SIGINT)
    try:
        postgres.wait(QUIT_AFTER)
    except subprocess.TimeoutExpired:
        postgres.kill()
        postgres.wait()


def remove(folder: str, attempts: int = 20) -> None:
    """Delete a folder in which other processes may still be ending.

    Args:
        folder: its path.
        attempts: how often to try, a tenth of a second apart.
    """
    for _ in range(attempts):
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.exists(folder):
            return
        time.sleep(0.1)


def orphaned(parent: int) -> None:
    """Wait until the parent is gone; a forked child of it may keep our stdin open.

    Args:
        parent: its process id.
    """
    while os.getppid() == parent:
        time.sleep(1)


class Order(TypedDict):
    """What the parent wants: a command, who runs it, where, and the folder to delete if the parent dies."""

    command: list[str]
    account: list[int] | None
    folder: str
    remove: str | None


def launch(order: Order) -> subprocess.Popen[bytes]:
    """Start Postgres, under another account if the order names one.

    Args:
        order: what the parent wants.

    Returns:
        The running child.
    """
    if order["account"] is None:
        return subprocess.Popen(order["command"], stdin=subprocess.DEVNULL, cwd=order["folder"])
    uid, gid = order["account"]
    return subprocess.Popen(
        order["command"],
        stdin=subprocess.DEVNULL,
        cwd=order["folder"],
        user=uid,
        group=gid,
        extra_groups=[],
    )


def main(order: Order) -> int:
    """Run Postgres until it ends, or the parent says stop or is gone.

    Args:
        order: what the parent wants.

    Returns:
        The exit code of Postgres; negative for a signal.
    """
    postgres = launch(order)
    parent = os.getppid()
    over = threading.Event()
    told: list[str] = []

    def watch(wait: Callable[[], object]) -> None:
        def run() -> None:
            wait()
            over.set()

        threading.Thread(target=run, daemon=True).start()

    watch(lambda: told.append(sys.stdin.readline()))
    watch(lambda: orphaned(parent))
    watch(postgres.wait)
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    over.wait()
    end(postgres)
    abandoned = told == [""] or os.getppid() != parent
    if order["remove"] and abandoned:
        remove(order["remove"])
    return postgres.returncode


if __name__ == "__main__":
    code = main(json.loads(sys.argv[1]))
    # The thread that still reads stdin must not hold up the exit.
    os._exit(code if code >= 0 else 128 - code)
