"""The matrix of faults and verbs: which cells there are, how one is run, and what its judge says.

The judge looks at the final state of the real server and at nothing that the library remembers.
"""

from __future__ import annotations

import contextlib
import functools
import queue
import re
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import parse_orm as orm
from parse_orm.transport.sync import RequestsTransport
from tests.fault.faults import FAULTS, Fault
from tests.fault.proxy import Proxy
from tests.fault.tls import Certificate
from tests.fault.truth import Truth
from tests.fault.verbs import CORE, VERBS, MatrixRow, Stage, Verb, is_find

#: Seconds that one try may take.
TIMEOUT = 1.0

#: Tries of one request.
ATTEMPTS = 2

#: Seconds on top, for a machine that does other things as well.
SLACK = 1.5

#: Seconds after which a verb has to be back.
DEADLINE = ATTEMPTS * TIMEOUT + SLACK

#: Cells that run at the same time: of those that wait most of their time, and of the others.
IDLE_AT_ONCE, BUSY_AT_ONCE = 16, 6

#: Seconds after which a cell counts as one that never ends.
NEVER = 60.0


@dataclass(frozen=True)
class Cell:
    """One fault that meets one verb.

    Args:
        fault: What goes wrong.
        verb: What is asked.
        secure: Whether it goes over https.
    """

    fault: Fault
    verb: Verb
    secure: bool = False

    @property
    def id(self) -> str:
        """Such as "lost_answer-increment"."""
        return f"{self.fault.name}-{self.verb.name}" + ("-https" if self.secure else "")


@dataclass(frozen=True)
class Exclusion:
    """Cells that cannot mean anything.

    Args:
        reason: Why.
        covers: Says whether it leaves a pair out.
    """

    reason: str
    covers: Callable[[Fault, Verb], bool]


EXCLUSIONS: tuple[Exclusion, ...] = (
    Exclusion(
        "only what reads pages can be given one twice",
        lambda fault, verb: fault.name == "repeated_page" and not verb.pages,
    ),
    Exclusion(
        "a file holds any bytes, so an answer of other bytes is a right one",
        lambda fault, verb: verb.any_bytes and fault.name.startswith(("answer_", "html_200")),
    ),
    Exclusion(
        "a variant of a fault meets one verb of each kind of request and answer: the others would ask the same again",
        lambda fault, verb: fault.variant and verb.name not in CORE,
    ),
    Exclusion(
        "what comes while the next request waits on the same connection cannot be told from its answer by anybody",
        lambda fault, verb: bool(fault.rest) and not verb.last,
    ),
)

#: What is tried over https as well.
SECURE_FAULTS = frozenset(
    {"none", "lost_answer", "cut_in_body", "early_103", "early_102_and_103", "split_into_bytes", "extra_answer"}
    | {"drip_body", "stall", "endless_100", "killed_after"}
)
SECURE_VERBS = frozenset({"create", "increment_proven", "save_all_new", "get", "login"})


def cells() -> list[Cell]:
    """Every fault with every verb, but for what is left out for a reason."""
    pairs = [
        (fault, verb)
        for fault in FAULTS
        for verb in VERBS
        if not any(exclusion.covers(fault, verb) for exclusion in EXCLUSIONS)
    ]
    secure = [pair for pair in pairs if pair[0].name in SECURE_FAULTS and pair[1].name in SECURE_VERBS]
    return [Cell(*pair) for pair in pairs] + [Cell(*pair, secure=True) for pair in secure]


@dataclass
class Ground:
    """Where cells are run.

    Args:
        settings: What ``DevServer.config()`` gives.
        known: Ids of three rows that everybody may read.
        certificate: What the proxy shows to who asks by https.
    """

    settings: Any
    known: Sequence[str] = ()
    certificate: Certificate | None = None

    @property
    def truth(self) -> Truth:
        """Asks the server itself."""
        return Truth(self.settings)

    def prepare(self) -> None:
        """Make the three rows, the classes and the columns."""
        for model in ("MatrixRow", "MatrixProven"):
            row = {"marker": "known", "place": 0, "title": "known", "plays": 0, "tags": ["first"]}
            made = [self.truth.ask("POST", f"/classes/{model}", {**row, "place": n})["objectId"] for n in range(3)]
            self.known = self.known or made
        self.truth.ask("POST", "/classes/MatrixTrace", {"marker": "known"})
        self.truth.ask("PUT", "/config", {"params": {"known": "known"}})

    def client_of(self, proxy: Proxy, *, pool_size: int = 32) -> orm.Client:
        """A client that is as impatient as the deadlines say."""
        verify: bool | str = True if self.certificate is None else self.certificate.path
        transport = RequestsTransport(pool_size=pool_size, trust_env=False, verify=verify)
        settings = {**self.settings, "server_url": proxy.url}
        retries = orm.Retry(attempts=ATTEMPTS, backoff=0.01)
        return orm.Client(**settings, timeout=TIMEOUT, retries=retries, transport=transport)


@dataclass
class Outcome:
    """What came of a verb.

    Args:
        value: What it gave.
        error: What it raised.
        seconds: How long it took.
    """

    value: Any = None
    error: BaseException | None = None
    seconds: float = 0.0

    def __str__(self) -> str:
        if self.error is None:
            return f"gave {_shown(self.value)} in {self.seconds:.2f} s"
        return f"raised {type(self.error).__name__}: {str(self.error)[:200]} in {self.seconds:.2f} s"


def _shown(value: Any) -> str:
    try:
        return f"{value!r:.120}"
    except Exception as error:  # an object that was made of nonsense cannot always be shown
        return f"a {type(value).__name__} that cannot be shown ({type(error).__name__})"


#: Does what a verb does, in a manner of its own: while a signal comes, while the process forks.
Manner = Callable[[Callable[[], Any], Stage, Ground], Any]


def plainly(act: Callable[[], Any], stage: Stage, ground: Ground) -> Any:
    """Nothing but the verb."""
    return act()


def run(cell: Cell, ground: Ground, manner: Manner = plainly, *, pool_size: int = 32) -> list[str]:
    """Run one cell.

    Args:
        cell: What meets what.
        ground: Where.
        manner: How the verb is done.
        pool_size: Connections of the client.

    Returns:
        What its judge has to say against the library; nothing when all is well.
    """
    fault, verb = cell.fault, cell.verb
    tls = ground.certificate.context() if cell.secure and ground.certificate else None
    with Proxy(ground.settings["server_url"], tls) as proxy:
        client = ground.client_of(proxy, pool_size=pool_size)
        stage = Stage(f"m{uuid.uuid4().hex[:16]}", client, ground.truth, proxy)
        with orm.using(client):
            verb.prepare(stage)
            aim = is_find if fault.from_first else verb.aim
            first = 1 if fault.from_first else verb.first
            proxy.arm(fault.make(), aim, first=first, times=fault.times)
            outcome = _outcome(lambda: manner(lambda: verb.act(stage), stage, ground))
            outcome.seconds = stage.kept.get("seconds", outcome.seconds)
            hits = proxy.disarm()
            time.sleep(fault.rest)
            complaints = [*stage.complaints, *judged(cell, stage, outcome), *followed_up(ground)]
            if verb.again and isinstance(outcome.error, KeyboardInterrupt):
                verb.again(stage)
                complaints += _counts(verb, stage, Outcome(error=outcome.error), "again: ")
            if not hits and manner is plainly:
                complaints.append("the test is wrong: the fault never struck")
        client._transport.close()
    told = f" | {verb.name} {outcome}"
    return [complaint + told for complaint in complaints]


def _outcome(act: Callable[[], Any]) -> Outcome:
    start = time.monotonic()
    try:
        value = act()
    except BaseException as error:
        return Outcome(error=error, seconds=time.monotonic() - start)
    return Outcome(value, seconds=time.monotonic() - start)


# -- the judge --------------------------------------------------------------------------------


def judged(cell: Cell, stage: Stage, outcome: Outcome) -> list[str]:
    """Compare what the library said with what the server holds."""
    verb, error = cell.verb, outcome.error
    complaints = []
    # A machine that is too busy to answer in time at all proves nothing about who asked.
    busy = stage.proxy.slowest > TIMEOUT / 2
    allowed = DEADLINE + stage.proxy.served
    if outcome.seconds > allowed:
        complaints.append(f"over the deadline: {outcome.seconds:.1f} s, and {allowed:.1f} s were allowed")
    if error is not None and not isinstance(error, stage.expected):
        where = traceback.extract_tb(error.__traceback__)[-1]
        complaints.append(f"foreign error: {type(error).__name__} from {where.name}")
    if cell.fault.harmless and isinstance(error, orm.ParseOrmError) and not busy:
        complaints.append("failed though answered")
    if error is None and not _is_own(verb, stage, outcome.value):
        complaints.append("wrong answer: what it gave is not what was asked for")
    complaints += _counts(verb, stage, outcome)
    complaints += [f"state: {text}" for text in verb.state(stage, error is None)]
    return complaints


def _is_own(verb: Verb, stage: Stage, value: Any) -> bool:
    try:
        return verb.own(stage, value)
    except Exception:  # what cannot even be looked at is not what was asked for
        return False


def _counts(verb: Verb, stage: Stage, outcome: Outcome, label: str = "") -> list[str]:
    """How often each part was done, beside what was said about it."""
    if verb.done is None:
        return []
    done = verb.done(stage)
    complaints = []
    for number, (times, said) in enumerate(zip(done, _said(verb, stage, outcome, len(done)), strict=True)):
        if times > 1:
            complaints.append(f"{label}doubled: part {number} was done {times} times")
        if said == "done" and times == 0:
            complaints.append(f"{label}lost: part {number} was acknowledged, and the server does not have it")
        if said == "never" and times > 0:
            complaints.append(f"{label}never sent: part {number} was done, and it was said that nothing was sent")
    if verb.whole and len(set(done)) > 1:
        complaints.append(f"{label}half done: {done}")
    claimed = re.match(r"(\d+) of \d+ .* (?:were|could) not ", str(outcome.error)) if outcome.error else None
    if isinstance(outcome.error, orm.BatchError) and claimed and int(claimed[1]) > done.count(0):
        complaints.append(f"{label}called failed: {claimed[0]!r}, and {done.count(0)} of them were not done")
    return complaints


def _said(verb: Verb, stage: Stage, outcome: Outcome, count: int) -> list[str]:
    """What was said of each part: done, never sent, or neither."""
    error = outcome.error
    if isinstance(error, orm.BatchError) and len(stage.objects) == count:
        saved = {id(one) for one in getattr(error.result, "saved", ())}
        never = {id(one) for one, why in error.failed if isinstance(why, orm.ConnectFailed)}
        return ["done" if id(one) in saved else "never" if id(one) in never else "unknown" for one in stage.objects]
    if error is None:
        return ["done"] * count
    # Of a verb that reads on between its writes, it may be the reading that was never sent.
    unsent = isinstance(error, orm.ConnectFailed) and not verb.pages
    return ["never" if unsent else "unknown"] * count


def followed_up(ground: Ground) -> list[str]:
    """Ask for three rows with the client in use, and see whether each answer is the own one."""
    complaints = []
    for place, id in enumerate(ground.known):
        for _ in range(3):
            outcome = _outcome(functools.partial(MatrixRow.get, id))
            # A machine that is too busy is asked again; a connection that is lost for good never answers.
            if not isinstance(outcome.error, orm.RequestTimeout):
                break
        if outcome.error is not None:
            complaints.append(f"follow-up {place} {outcome}")
        elif (outcome.value.id, outcome.value.place) != (id, place):
            complaints.append(f"wrong asker: follow-up {place} got {_shown(outcome.value)}")
        if outcome.seconds > DEADLINE:
            complaints.append(f"over the deadline: follow-up {place} {outcome}")
    return complaints


# -- many cells -------------------------------------------------------------------------------


@dataclass
class Runner:
    """Runs cells side by side.

    Args:
        ground: Where.
        verdicts: What was said of each cell, by its id.
    """

    ground: Ground
    verdicts: dict[str, list[str]] = field(default_factory=dict)

    def run(self, wanted: Sequence[Cell]) -> None:
        """Run cells, those that wait first, and come back when all have ended or never will."""
        self._round([cell for cell in wanted if cell.fault.waits], IDLE_AT_ONCE)
        self._round([cell for cell in wanted if not cell.fault.waits], BUSY_AT_ONCE)

    def _round(self, wanted: Sequence[Cell], at_once: int) -> None:
        waiting: queue.SimpleQueue[Cell] = queue.SimpleQueue()
        for cell in wanted:
            waiting.put(cell)
            self.verdicts[cell.id] = ["over the deadline: it never ends"]

        def work() -> None:
            with contextlib.suppress(queue.Empty):
                while True:
                    cell = waiting.get_nowait()
                    self.verdicts[cell.id] = self._verdict(cell)

        threads = [threading.Thread(target=work, daemon=True) for _ in range(at_once)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads) and not waiting.empty():
            time.sleep(0.05)
        end = time.monotonic() + NEVER
        for thread in threads:
            thread.join(max(end - time.monotonic(), 0))

    def _verdict(self, cell: Cell) -> list[str]:
        try:
            return run(cell, self.ground)
        except BaseException as error:
            return ["the test is wrong: " + "".join(traceback.format_exception(error))]
