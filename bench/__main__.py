"""`python -m bench`: the whole race against a dev server, about five minutes, and the table of promises.

`python -m bench --small` does little of everything, to see that it runs; its figures mean nothing.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable
from math import ceil

from bench.facts import Facts
from bench.memory import beside_dicts
from bench.race import EVERYBODY, OURS, PURE, RAW, SDK, Race, commands
from bench.report import STEPS, markdown, medians, small_table, verdicts
from bench.rows import FOUND, MANY, SAVED
from bench.sizes import SMALL, Sizes
from bench.small import beyond_json, import_milliseconds, small_steps
from parse_orm.devserver import DevServer
from parse_orm.devserver import progress as reporting
from parse_orm.devserver.installation import install
from parse_orm.fields.reading import getters

Say = Callable[[str], object]

PARTS = (
    (("find",), (*EVERYBODY, PURE), 1, 1),
    (("find_read",), (*EVERYBODY, PURE), 1, 1),
    (("create", "read", "update", "delete"), (RAW, OURS, SDK), 1, 1),
    (("threads",), (RAW, OURS), 1, 1),
    (("save",), EVERYBODY, 1, 1),
    (("save_large",), (RAW, OURS), 1, 1),
    (("each",), EVERYBODY, 0.5, 1),
    (("revoke", "revoke_singly"), (RAW, OURS), 2, 2),
)
"""Works that take turns, the peers that do them, how many times the number of rounds they are done, as walking takes
seconds and what ends sessions moves by a quarter from one round to the next, and the rounds of each team that warm up:
node compiles what ends sessions after a thousand of them, and takes half the time from then on."""


def run(sizes: Sizes, say: Say) -> Facts:
    """Measure everything.

    Args:
        sizes: how much is done.
        say: told what is being measured.

    Returns:
        The facts.
    """
    facts = Facts(sizes)
    small = sizes is SMALL
    seconds = 0.01 if small else 0.5
    say("small steps: python -m pytest bench/micro")
    steps = small_steps(seconds)
    facts.figures |= {
        "found": beyond_json(3 if small else 200),
        "memory": beside_dicts(),
        "import": import_milliseconds(3 if small else 40),
    }
    installed = install(reporting.to_stderr)
    # As where the promises were measured: reporting each row to LiveQuery is more than half of the work of writing it.
    with (
        DevServer(live_query=()) as server,
        Race(commands(str(installed.node.path), installed.packages), server.config(), sizes) as race,
    ):
        facts.times = race.times
        for class_name, rows in ((FOUND, sizes.found), (MANY, sizes.many), (SAVED, 1)):
            say(f"seeding {rows} rows of {class_name}")
            race.call(RAW, "seed", class_name, rows)
        for works, peers, share, warm in PARTS:
            say(", ".join(works))
            race.run(works, peers, ceil(sizes.rounds * share), lambda: server.sql(f'DELETE FROM "{SAVED}"'), warm)
        say("flat memory")
        facts.figures["flat"] = race.call(OURS, "peak", sizes.many) / race.call(OURS, "peak", sizes.many // 4)
    say("small steps once more, in case something else was at work the first time")
    again = small_steps(seconds)
    facts.figures |= {name: min(steps[name], again[name]) for name in STEPS}
    return facts


def main(arguments: list[str]) -> None:
    """Run, print the tables, and say which promises fall short."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="parse_orm beside raw requests and the JS SDK")
    parser.add_argument("--small", action="store_true", help="little of everything; the figures mean nothing")
    parser.add_argument("--rounds", type=int, default=Sizes().rounds, help="times that each work is measured")
    chosen = parser.parse_args(arguments)
    facts = run(
        SMALL if chosen.small else Sizes(rounds=chosen.rounds), lambda text: print(f"... {text}", file=sys.stderr)
    )
    table, short = verdicts(facts)
    where = f"Python {platform.python_version()}, {getters.__name__}, {os.cpu_count()} processors"
    print(f"{where}, medians of {facts.sizes.rounds} rounds\n")
    print(markdown(medians(facts)))
    print(f"\n{markdown(table)}\n")
    print(markdown(small_table(facts)) + "\n")
    print(f"{len(short)} fall short: {'; '.join(short)}" if short else "Every promise is kept.")


if __name__ == "__main__":
    main(sys.argv[1:])
