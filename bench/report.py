"""The tables of a run: the promises with what became of them, and the times behind them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.facts import Facts
from bench.goals import GOALS, Goal

Table = list[Sequence[str]]


def verdicts(facts: Facts, goals: Iterable[Goal] = GOALS) -> tuple[Table, list[str]]:
    """Hold the promises against a run.

    Args:
        facts: the run.
        goals: the promises.

    Returns:
        The table, and the names of the promises that fall short.
    """
    table: Table = [("work", "measured", "goal", "result", "")]
    short = []
    for goal in goals:
        figure = goal.read(facts)
        kept = goal.holds(figure)
        sign = ">=" if goal.at_least else "<="
        table.append((goal.work, goal.what, f"{sign} {goal.limit:g}", f"{figure:.3g}", "" if kept else "falls short"))
        if not kept:
            short.append(f"{goal.work} ({goal.what})")
    return table, short


def medians(facts: Facts) -> Table:
    """Milliseconds by the clock and of client CPU, for each work and peer."""
    times = facts.times
    peers = list(dict.fromkeys(peer for _, peer in times.wall))
    table: Table = [("ms, wall / client CPU", *peers)]
    for work in dict.fromkeys(work for work, _ in times.wall):
        cells = [
            f"{times.typical('wall', work, peer) * 1e3:.1f} / {times.typical('cpu', work, peer) * 1e3:.1f}"
            if (work, peer) in times.wall
            else "-"
            for peer in peers
        ]
        table.append((work, *cells))
    return table


STEPS = {
    "floor": "make an object with one slot: the least that Python can do",
    "hydrate": "make an object of a row",
    "descriptor": "read a key of a dict by the plainest descriptor written in Python",
    "native": "read text or a number again",
    "decoded": "read a date again",
    "read_all": "read all fourteen values for the first time",
    "read_twelve": "read the twelve values that pyairtable has, too",
    "pyairtable": "pyairtable: make an object of a row",
    "pyairtable_read": "pyairtable: make it and read all twelve values",
    "stripe": "stripe: make an object of a row",
    "new": "make a new object with eleven values",
    "changes": "find out that nothing changed",
}
"""What the small steps are, in words."""


def small_table(facts: Facts) -> Table:
    """Nanoseconds for each object of the small steps, the least of many runs."""
    return [("one object", "ns"), *((words, f"{facts.figures[name]:.0f}") for name, words in STEPS.items())]


def markdown(table: Table) -> str:
    """A table as Markdown whose columns also line up in a terminal."""
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in table
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
