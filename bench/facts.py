"""Everything that one run found out."""

from __future__ import annotations

from dataclasses import dataclass, field

from bench.race import Times
from bench.sizes import Sizes


@dataclass
class Facts:
    """The result of a run.

    Args:
        sizes: how much was done.
        times: of each work at each peer.
        figures: what is no time of a work: nanoseconds of small steps, bytes, milliseconds of an import.
    """

    sizes: Sizes
    times: Times = field(default_factory=Times)
    figures: dict[str, float] = field(default_factory=dict)
