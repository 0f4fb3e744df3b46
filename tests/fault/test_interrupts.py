"""Ctrl-C while a write is on its way: the server and the objects agree afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from tests.fault.server import Fault, FaultServer, Seen, answer

NOW = "2026-01-02T03:04:05.678Z"

PROGRAM = """
import json, signal, sys, time
import parse_orm as orm

url, verb, how = sys.argv[1:]


class Stop(Exception):
    pass


def stop(number, frame):
    raise Stop


signal.signal(signal.SIGINT, stop if how == "own handler" else signal.default_int_handler)
before = signal.getsignal(signal.SIGINT)
orm.connect(url, "app", master_key="master-key-1", timeout=20, retries=orm.Retry(attempts=1))


class Grain(orm.ParseObject):
    n = orm.property(int)


new = [Grain(n=n) for n in range(4)]
old = [Grain.pointer(f"old{n}") for n in range(4)]


def transaction():
    with orm.transaction() as tx:
        for grain in new:
            tx.save(grain)


verbs = {
    "save": new[0].save,
    "save_all": lambda: orm.save_all(new, batch_size=2),
    "transaction": transaction,
    "destroy": old[0].destroy,
    "destroy_all": lambda: orm.destroy_all(old, batch_size=2),
    "update_all": lambda: Grain.where().update_all(n=1),
    "increment": lambda: old[0].increment("n"),
}
left, begin = "nothing", time.monotonic()
try:
    verbs[verb]()
except (KeyboardInterrupt, Stop) as error:
    left = type(error).__name__
print(json.dumps({
    "left": left,
    "took": time.monotonic() - begin,
    "known": sum(not grain.is_new for grain in new),
    "gone": sum(grain.is_destroyed for grain in old),
    "may": sum(grain.may_exist for grain in new),
    "n": old[0]._wire.get("n"),
    "restored": signal.getsignal(signal.SIGINT) is before,
}))
"""


class Interrupting:
    """A server that interrupts its client while a write is on its way.

    Attributes:
        rows: how many rows were made.
        gone: how many were deleted.
        writes: how many requests wrote.
    """

    def __init__(self, interrupts: int, pause: float) -> None:
        self.interrupts, self.pause = interrupts, pause
        self.rows = self.gone = self.writes = 0
        self.pid = 0
        self.started = threading.Event()

    def __call__(self, seen: Seen) -> Fault:
        body = json.loads(seen.body) if seen.body else {}
        if body.get("_method") == "GET":
            return answer(200, {"results": [] if self.writes else [{"objectId": f"old{n}"} for n in range(4)]})
        self.writes += 1
        if seen.path == "/parse/batch":
            said: Any = [{"success": self.one(item["method"])} for item in body["requests"]]
        else:
            said = self.one(seen.method)
        self.started.wait(5)
        for _ in range(self.interrupts):
            os.kill(self.pid, signal.SIGINT)
            time.sleep(0.3)
        return Fault([self.pause, *answer(200, said).parts])

    def one(self, method: str) -> dict[str, Any]:
        if method == "POST":
            self.rows += 1
            return {"objectId": f"new{self.rows}", "createdAt": NOW}
        if method == "DELETE":
            self.gone += 1
            return {}
        return {"updatedAt": NOW, "n": 7}


def run(faulty: FaultServer, server: Interrupting, verb: str, how: str = "") -> dict[str, Any]:
    """What a program says after it was interrupted."""
    faulty.usual = server
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, faulty.url, verb, how], stdout=subprocess.PIPE, text=True
    )
    server.pid = program.pid
    server.started.set()
    try:
        said, _ = program.communicate(timeout=60)
    finally:
        program.kill()
    found: dict[str, Any] = json.loads(said)
    return found


@pytest.mark.parametrize(
    "verb", ["save", "save_all", "transaction", "destroy", "destroy_all", "update_all", "increment"]
)
def test_the_write_on_its_way_is_settled_before_ctrl_c_leaves(verb: str, faulty: FaultServer) -> None:
    server = Interrupting(1, 0.3)

    after = run(faulty, server, verb)

    assert after["left"] == "KeyboardInterrupt"
    assert after["restored"]
    assert after["took"] > 0.5  # the answer was waited for
    assert server.writes == 1
    assert (after["known"], after["may"]) == (server.rows, 0)
    assert after["gone"] == server.gone
    assert after["n"] == (7 if verb == "increment" else None)


@pytest.mark.parametrize(("verb", "sent"), [("save", 1), ("save_all", 2), ("transaction", 4)])
def test_a_second_ctrl_c_leaves_at_once_and_what_was_sent_is_unknown(verb: str, sent: int, faulty: FaultServer) -> None:
    after = run(faulty, Interrupting(2, 15.0), verb)

    assert after["took"] < 10
    assert after["left"] == "KeyboardInterrupt"
    assert after["restored"]
    assert (after["known"], after["may"]) == (0, sent)


@pytest.mark.parametrize("verb", ["save", "save_all", "transaction"])
def test_a_handler_of_the_program_is_left_alone(verb: str, faulty: FaultServer) -> None:
    after = run(faulty, Interrupting(1, 15.0), verb, "own handler")

    assert after["took"] < 10
    assert after["left"] == "Stop"
    assert after["known"] == 0
    assert after["may"] > 0
