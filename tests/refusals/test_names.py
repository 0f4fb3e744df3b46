"""No public verb is forgotten: each stands in one of the tables of the matrix."""

from __future__ import annotations

from collections import Counter

from tests.refusals.deeds import DEEDS, deed_cells
from tests.refusals.names import public_verbs, verbs_that_cannot
from tests.refusals.rows import ROW_VERBS, row_cells


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
