"""The machine can fail: faults that the library once had are put back one at a time, and it finds them.

A few of them in a usual run, all with HYPOTHESIS_PROFILE=nightly.
"""

from __future__ import annotations

import os

import pytest

from tests.model_based.machine import Machine, run
from tests.model_based.put_back import FAULTS
from tests.model_based.server import Judge
from tests.model_based.world import Difference

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"

#: Verbs that the machine may need for one fault.
BUDGET = 5000

#: Those of the faults that are found in a few seconds.
USUAL = [
    "an iterator is used up before it is sent",
    "first_or_create ignores the conditions of its query",
    "models of one abstract base share its class",
]


@pytest.mark.live
@pytest.mark.parametrize("name", list(FAULTS) if NIGHTLY else USUAL)
def test_a_fault_that_is_put_back_is_found(judge: Judge, name: str) -> None:
    with FAULTS[name](), pytest.raises(Difference):
        run(judge, BUDGET, shrink=False)

    print(f"{sum(Machine.steps.values())} verbs: {name}")
