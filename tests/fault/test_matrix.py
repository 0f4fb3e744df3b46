"""Every fault with every verb against a real server, whose final state is the judge.

0 doubled, 0 acknowledged and lost, 0 answers to a wrong asker, 0 waits over the deadline, no error that is not ours.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from parse_orm.devserver.server import DevServer
from tests.fault.faults import FAULTS, Fault
from tests.fault.matrix import EXCLUSIONS, Cell, Ground, Runner, cells, run
from tests.fault.proxy import Exchange
from tests.fault.soak import soak
from tests.fault.tls import Certificate
from tests.fault.verbs import CLOUD, OPTIONS, VERBS, Verb

pytestmark = [
    pytest.mark.live,
    # A route of batches that is found broken is worth a warning, and here it is meant to be.
    pytest.mark.filterwarnings("ignore::parse_orm.errors.ParseOrmWarning"),
]

CELLS = cells()

#: What comes between, in a process of its own.
MANNERS = ("alarm", "ctrl_c", "fork")

#: Verbs under which the server itself is killed: each start takes a second.
REALLY_KILLED = frozenset(
    {"create_proven", "increment_proven", "add", "save_all_new", "transaction", "destroy", "signup", "call"}
)

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    """A server whose cloud code leaves a trace of what would leave none."""
    cloud: Path = tmp_path_factory.mktemp("cloud") / "main.js"
    cloud.write_text(CLOUD)
    with DevServer(cloud=cloud, options=OPTIONS) as started:
        yield started


@pytest.fixture(scope="module")
def ground(server: DevServer, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """The server with what every cell needs, and a certificate for those that go over https."""
    made = Ground(server.config(), certificate=Certificate.make(tmp_path_factory.mktemp("tls")))
    made.prepare()
    return made


def chosen(request: pytest.FixtureRequest, *names: str) -> list[tuple[Any, ...]]:
    """The parameters of the tests of this module that are going to run and have these."""
    specs = [getattr(item, "callspec", None) for item in request.session.items if item.path == request.path]
    found = [spec.params for spec in specs if spec is not None]
    return [tuple(params[name] for name in names) for params in found if set(names) == set(params)]


@pytest.fixture(scope="module")
def verdicts(ground: Ground, request: pytest.FixtureRequest) -> dict[str, list[str]]:
    """What the judge says of each cell; the cells run side by side, once."""
    runner = Runner(ground)
    runner.run([cell for (cell,) in chosen(request, "cell")])
    return runner.verdicts


@pytest.fixture(scope="module")
def in_children(ground: Ground, request: pytest.FixtureRequest) -> dict[tuple[str, str], list[str]]:
    """What the judge says where a signal comes or the process forks; a process for each manner."""
    told: dict[tuple[str, str], list[str]] = {}
    threads = []
    for manner in MANNERS:
        names = [verb.name for other, verb in chosen(request, "manner", "verb") if other == manner]
        threads.append(threading.Thread(target=tell, args=(ground, manner, names, told)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return told


def tell(ground: Ground, manner: str, names: list[str], told: dict[tuple[str, str], list[str]]) -> None:
    """Run verbs in a process, and in another one what is left when that does not come back."""
    left = list(names)
    while left:
        lines = children(ground, manner, *left)
        for name, said in lines.items():
            told[manner, name] = said
            left.remove(name)
        if not lines:
            told[manner, left.pop(0)] = ["the process said nothing"]


def children(ground: Ground, *arguments: str) -> dict[str, list[str]]:
    """Run ``tests.fault.children``, and give what it printed."""
    settings = {"settings": dict(ground.settings), "known": list(ground.known)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.fault.children", *arguments],
        input=json.dumps(settings),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=240,
        check=False,
    )
    found: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        found.update(json.loads(line))
    if not found:
        sys.stderr.write(done.stderr)
    return found


def accept(said: list[str]) -> None:
    """Fail with all that the judge says against it."""
    assert not said, "\n".join(said)


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.id)
def test_a_fault_neither_doubles_nor_loses_nor_mixes_up_nor_delays(cell: Cell, verdicts: dict[str, list[str]]) -> None:
    accept(verdicts[cell.id])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork, and no SIGALRM, on this system")
@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
@pytest.mark.parametrize("manner", MANNERS)
def test_what_comes_between_neither_doubles_nor_loses_nor_mixes_up_nor_delays(
    manner: str, verb: Verb, in_children: dict[tuple[str, str], list[str]]
) -> None:
    accept(in_children[manner, verb.name])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no SIGALRM on this system")
def test_plain_requests_answer_after_seconds_full_of_alarms(ground: Ground) -> None:
    accept(children(ground, "alarms")["loop"])


def test_sixteen_threads_get_their_own_answers_while_the_proxy_misbehaves(ground: Ground) -> None:
    seen = soak(ground)

    assert seen.alien == []
    assert (seen.seen["wrong"], seen.seen["still waiting"]) == (0, 0)
    assert seen.seen["own"] > seen.seen["none"]


@pytest.mark.parametrize("killed", [verb for verb in VERBS if verb.name in REALLY_KILLED], ids=lambda verb: verb.name)
def test_a_server_that_is_really_killed_neither_doubles_nor_loses(
    killed: Verb, server: DevServer, ground: Ground
) -> None:
    def kill(exchange: Exchange) -> bool:
        """Let the server get the request, and kill it soon after."""
        answering = threading.Thread(target=_quietly, args=(exchange,), daemon=True)
        answering.start()
        with exchange.proxy.away():
            time.sleep(0.005)
            server.kill()
            exchange.reset()
            exchange.close()
            answering.join(5)
            server.start()
        return False

    accept(run(Cell(Fault("really_killed", lambda: kill), killed), ground))


def _quietly(exchange: Exchange) -> None:
    try:
        exchange.forward()
    except (OSError, http.client.HTTPException):
        return


def test_cells_that_are_left_out_have_a_reason() -> None:
    pairs = [(fault, verb) for fault in FAULTS for verb in VERBS]
    for exclusion in EXCLUSIONS:
        assert exclusion.reason
        assert any(exclusion.covers(*pair) for pair in pairs)
