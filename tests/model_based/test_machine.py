"""Random verbs against the real server and beside it a plain model of what must be true.

300 verbs in a usual run, 20,000 with HYPOTHESIS_PROFILE=nightly.
"""

from __future__ import annotations

import os

import pytest

from tests.model_based.machine import run
from tests.model_based.server import Judge

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
STEPS = 20_000 if NIGHTLY else 300


@pytest.mark.live
def test_every_verb_does_and_reports_what_a_plain_model_says(judge: Judge) -> None:
    steps = run(judge, STEPS, shrink=NIGHTLY)  # which may take minutes

    assert sum(steps.values()) >= STEPS
    assert len(steps) >= 25  # verbs of so many kinds
