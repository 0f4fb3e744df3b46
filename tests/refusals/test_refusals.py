"""Every verb that can report success, against a server that refuses half of it.

What a call told must be exactly what the server holds, asked with the master key and without the library.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import parse_orm as orm
from parse_orm.devserver import DevServer
from tests.refusals.deeds import DEEDS, DeedCell, deed_cells, run_deed
from tests.refusals.names import public_verbs, verbs_that_cannot
from tests.refusals.rows import ROW_VERBS, RowCell, row_cells, run_rows
from tests.refusals.stage import CLOUD, OPTIONS, Ground


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A server that refuses what it is told to refuse."""
    cloud: Path = tmp_path_factory.mktemp("cloud") / "main.js"
    cloud.write_text(CLOUD)
    with DevServer(cloud=cloud, options=OPTIONS) as server:
        made = Ground(server)
        with orm.using(made.client):
            yield made


def test_every_public_verb_is_refused_half_of_it_or_has_nothing_that_can_be_refused() -> None:
    refused = {name for one in (*ROW_VERBS, *DEEDS) for name in one.names}
    cannot = verbs_that_cannot()

    assert sorted(public_verbs() - refused - {*cannot}) == [], "put it into a table of tests/refusals"
    assert sorted({*cannot, *refused} - public_verbs()) == [], "there are no such verbs"
    assert sorted(refused & {*cannot}) == []
    assert len(cannot) == len({*cannot})


def test_every_verb_is_refused_in_some_way() -> None:
    ways = Counter(cell.verb.label for cell in row_cells())

    assert {verb.label for verb in ROW_VERBS} == ways.keys()
    assert all(deed.ways for deed in DEEDS)
    assert max(Counter(cell.id for cell in (*row_cells(), *deed_cells())).values()) == 1


@pytest.mark.live
@pytest.mark.parametrize("cell", row_cells(), ids=lambda cell: cell.id)
def test_what_is_told_of_rows_is_what_the_server_holds(ground: Ground, cell: RowCell) -> None:
    with orm.using(ground.client):
        wrong = run_rows(cell, ground.stage())

    assert not wrong, "\n".join(wrong)


@pytest.mark.live
@pytest.mark.parametrize("cell", deed_cells(), ids=lambda cell: cell.id)
def test_what_is_told_of_a_deed_is_what_the_server_holds(ground: Ground, cell: DeedCell) -> None:
    with orm.using(ground.client):
        wrong = run_deed(cell, ground.stage())

    assert not wrong, "\n".join(wrong)
