"""Every verb that does one thing, or counts what it did, against a server that refuses it, or half of it."""

from __future__ import annotations

import pytest

from tests.refusals.deeds import DeedCell, deed_cells, run_deed
from tests.refusals.stage import Stage

pytestmark = pytest.mark.live


@pytest.mark.parametrize("cell", deed_cells(), ids=lambda cell: cell.id)
def test_what_is_told_of_a_deed_is_what_the_server_holds(stage: Stage, cell: DeedCell) -> None:
    wrong = run_deed(cell, stage)

    assert not wrong, "\n".join(wrong)
