"""The state machine: random verbs, in random order, by random people."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from itertools import count
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

import parse_orm as orm
from tests.model_based import verbs
from tests.model_based.server import Judge
from tests.model_based.world import Difference, World

#: Verbs of one example.
LENGTH = 50


class Machine(RuleBasedStateMachine):
    """Runs verbs against the server, and compares after each of them."""

    judge: ClassVar[Judge]
    client: ClassVar[orm.Client]
    #: The last difference of the last ``run``.
    found: ClassVar[Difference | None] = None
    #: The requests of the present verb.
    sent: ClassVar[list[Any]]
    #: How often each verb ran, in all examples since the last ``run``.
    steps: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self._blocks = ExitStack()
        self._blocks.enter_context(orm.using(self.client))
        self._world = World(self.judge, self.sent)
        self._world.begin()

    @rule(data=st.data())
    def step(self, data: Any) -> None:
        """One verb, out of those that have something to do."""
        possible = [one for one in verbs.table() if one[2](self._world)]
        name, act, _ = data.draw(st.sampled_from(possible))
        Machine.steps[name] += 1
        try:
            with self._world.step(name):
                act(self._world, data.draw)
        except Difference as difference:
            Machine.found = difference
            raise

    def teardown(self) -> None:
        """Leave the client."""
        self._blocks.close()


def run(judge: Judge, steps: int, *, shrink: bool = True) -> Counter[str]:
    """Run so many verbs; ``Machine.steps`` tells how many there were, also when one of them found a difference.

    The seeds are the same in every run.

    Args:
        judge: asks the server without the library.
        steps: how many verbs to run at least.
        shrink: look for the shortest way to a difference.

    Returns:
        How often each verb ran.

    Raises:
        Difference: the library, or the server behind it, is not what it must be.
    """
    Machine.steps, Machine.found = Counter(), None
    Machine.judge, Machine.sent = judge, []
    hooks = orm.Hooks(before=[Machine.sent.append])
    with orm.Client(**judge.server.config(), retries=orm.Retry(attempts=1), hooks=hooks) as Machine.client:
        for number in count():
            left = steps - sum(Machine.steps.values())
            if left <= 0:
                break
            machine = seed(number)(type("Machine", (Machine,), {}))
            try:
                run_state_machine_as_test(machine, settings=_settings(left, shrink))
            except Flaky:  # ids are random, so that a repeat of the same draws may go another way
                if Machine.found is not None:
                    raise Machine.found from None
    return Machine.steps


def _settings(steps: int, shrink: bool) -> settings:
    """Settings for about so many verbs; examples may end early, and one round has no more than thirty."""
    return settings(
        max_examples=min(1 + -(-steps // LENGTH), 30),  # the first is always the same dull one
        stateful_step_count=LENGTH,
        deadline=None,
        database=None,
        phases=[Phase.generate, *([Phase.shrink] if shrink else [])],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
