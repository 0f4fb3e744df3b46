"""Cells that need a process of their own: a signal comes, or the process forks, while a verb is under way.

    python -m tests.fault.children alarm create update < ground.json

Signals reach the main thread alone, and a child of fork must not carry the threads of a test run along. What the
judge says of each cell is printed as one line of JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import parse_orm as orm
from tests.fault.faults import Fault
from tests.fault.matrix import DEADLINE, SLACK, TIMEOUT, Cell, Ground, followed_up, run
from tests.fault.proxy import Exchange, Proxy
from tests.fault.verbs import VERBS, MatrixRow, Stage, Verb, is_find

#: Seconds that the answer of the verb is held back, so that something can come in between.
HELD = 0.25

#: Seconds from the start of a verb to the signal or the fork.
MOMENT = 0.1

#: Seconds that the loop of alarms takes.
LOOP = 5.0


class Alarm(BaseException):
    """What the handler of a signal raises."""


def ring() -> None:
    """What an alarm of a program may do."""
    raise Alarm


class NeverEnds(BaseException):
    """The verb or what follows it does not come back."""


def held(exchange: Exchange) -> bool:
    """Give the real answer, a moment late."""
    answer = exchange.forward()
    time.sleep(HELD)
    exchange.send(answer)
    return True


HOLD = Fault("held", lambda: held)


def interrupted(raised: type[BaseException], strike: Callable[[], Any]) -> Callable[..., Any]:
    """Do a verb while something strikes that raises, at once or when the verb lets it."""

    def manner(act: Callable[[], Any], stage: Stage, ground: Ground) -> Any:
        stage.expected = (orm.ParseOrmError, raised)
        with _alarm(MOMENT, raised, strike):
            return act()

    return manner


def forked(act: Callable[[], Any], stage: Stage, ground: Ground) -> Any:
    """Do a verb in a thread, and fork meanwhile; the child asks for rows of its own."""
    came: list[Any] = []

    def work() -> None:
        start = time.monotonic()
        try:
            with orm.using(stage.client):
                came.append(act())
        except BaseException as error:
            came.append(error)
        stage.kept["seconds"] = time.monotonic() - start

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    time.sleep(MOMENT)
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of every fork beside threads
        child = os.fork()
    if child == 0:
        os.write(writer, json.dumps(followed_up(ground)).encode())
        os._exit(0)
    os.close(writer)
    stage.complaints += _told_by(child, reader)
    thread.join(DEADLINE)
    if thread.is_alive():
        raise NeverEnds
    if isinstance(came[0], BaseException):
        raise came[0]
    return came[0]


def _told_by(child: int, reader: int) -> list[str]:
    """What a child has to say; a child that does not come back is killed."""
    end = time.monotonic() + 2 * DEADLINE
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return [f"over the deadline: the child did not come back within {2 * DEADLINE} s"]
        time.sleep(0.01)
    with os.fdopen(reader) as stream:
        return [f"in the child: {text}" for text in json.loads(stream.read() or '["it crashed"]')]


@contextlib.contextmanager
def _alarm(seconds: float, raised: type[BaseException], strike: Callable[[], Any]) -> Iterator[None]:
    """Strike in this thread after some seconds, unless the block has ended by then."""
    before = signal.signal(signal.SIGALRM, lambda *_: strike())
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        while True:
            try:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, before)
                break
            except raised:
                continue


MANNERS: dict[str, Callable[..., Any]] = {
    "alarm": interrupted(Alarm, ring),
    "ctrl_c": interrupted(KeyboardInterrupt, lambda: signal.raise_signal(signal.SIGINT)),
    "fork": forked,
}


def verdict(verb: Verb, manner: str, ground: Ground) -> list[str]:
    """Run one cell with a pool of one connection, so that a slot that is lost is missed at once.

    Args:
        verb: What is asked.
        manner: What happens meanwhile.
        ground: Where.
    """
    with _watched(verb.name, 4 * DEADLINE):
        return run(Cell(HOLD, verb), ground, MANNERS[manner], pool_size=1)


@contextlib.contextmanager
def _watched(name: str, seconds: float) -> Iterator[None]:
    """End the process when the block does not come back: the main thread may wait for ever."""
    watch = threading.Timer(seconds, _give_up, [name])
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _give_up(name: str) -> None:
    print(json.dumps({name: ["over the deadline: it never ends, or what follows it"]}), flush=True)
    os._exit(1)


def alarms(ground: Ground) -> list[str]:
    """Ask while alarms come all the time; plain requests have to work afterwards."""
    complaints: list[str] = []
    answers: dict[str, bytes] = {}

    def at_once(exchange: Exchange) -> bool:
        """Answer from memory: the less a request waits, the more often an alarm comes within code of ours."""
        path = exchange.asked.path
        if path not in answers:
            answers[path] = exchange.forward()
        exchange.send(answers[path])
        return True

    with Proxy(ground.settings["server_url"]) as proxy:
        proxy.arm(at_once, is_find, times=0)
        client = ground.client_of(proxy, pool_size=1)
        end = time.monotonic() + LOOP
        with orm.using(client):
            number = 0
            while time.monotonic() < end:
                number = (number + 1) % len(ground.known)
                start = time.monotonic()
                with contextlib.suppress(Alarm, orm.ParseOrmError), _alarm(random.uniform(1e-4, 2e-3), Alarm, ring):
                    row = MatrixRow.get(ground.known[number])
                    if row.place != number:
                        complaints.append(f"wrong asker: row {number} was asked for, and row {row.place} came")
                if time.monotonic() - start > 2 * TIMEOUT + SLACK:
                    complaints.append("over the deadline: a request while alarms come")
            complaints += followed_up(ground)
    return complaints


def main() -> None:
    """Run the cells of one manner; the ground comes as JSON by standard input."""
    ground = Ground(**json.load(sys.stdin))
    # A fork while another thread imports is Python's own trouble: import everything before.
    with orm.Client(**ground.settings) as client, orm.using(client):
        MatrixRow.get(ground.known[0])
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets its background jobs ignore Ctrl-C
    manner = sys.argv[1]
    if manner == "alarms":
        with _watched("loop", LOOP + 4 * DEADLINE):
            print(json.dumps({"loop": alarms(ground)}), flush=True)
    else:
        for verb in VERBS:
            if verb.name in sys.argv[2:]:
                print(json.dumps({verb.name: verdict(verb, manner, ground)}), flush=True)
    # Without waiting for threads that wait for ever.
    os._exit(0)


if __name__ == "__main__":
    main()
