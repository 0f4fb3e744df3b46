"""How much is done in each work: as much as the goals name, or little, to see that everything runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """The amounts of one run.

    Args:
        found: rows of one find.
        many: rows of one walk.
        saved: rows of one save_all.
        batch: rows of one request of it.
        large: rows of one request of it, where few requests are wanted.
        single: repeats of one small request.
        sessions: sessions that are ended together.
        rounds: times that every work is measured.
        teams: processes of each peer, which take turns from round to round.
    """

    found: int = 1000
    many: int = 20_000
    saved: int = 1000
    batch: int = 100
    large: int = 500
    single: int = 50
    sessions: int = 200
    rounds: int = 9
    teams: int = 3


SMALL = Sizes(found=20, many=40, saved=20, batch=10, large=20, single=2, sessions=4, rounds=1, teams=1)
"""Enough to see that everything runs."""
