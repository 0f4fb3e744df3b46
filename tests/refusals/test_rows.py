"""Every verb that works on rows, against a server that refuses half of them.

What a call told must be exactly what the server holds, asked with the master key and without the library.
"""

from __future__ import annotations

import pytest

from tests.refusals.rows import RowCell, row_cells, run_rows
from tests.refusals.stage import Stage

pytestmark = pytest.mark.live


@pytest.mark.parametrize("cell", row_cells(), ids=lambda cell: cell.id)
def test_what_is_told_of_rows_is_what_the_server_holds(stage: Stage, cell: RowCell) -> None:
    wrong = run_rows(cell, stage)

    assert not wrong, "\n".join(wrong)
