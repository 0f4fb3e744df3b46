"""Writes docs/guides/ruby.md from ruby_methods.csv: `python docs/data/ruby_page.py`."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

HERE = Path(__file__).parent
TABLE = HERE / "ruby_methods.csv"
PAGE = HERE.parent / "guides" / "ruby.md"

INTRODUCTION = """\
# Coming from Ruby's parse-stack

Every method and constant that the Ruby class `Parse::Session` has, its own and those it inherits from `Parse::Object`
and the modules below, with its Python equivalent or the reason why there is none. Names begin at `orm`, as in
`import parse_orm as orm`, unless they begin at `parse_orm`. A ☁ marks what talks to the server.

This page is written by `python docs/data/ruby_page.py` from `docs/data/ruby_methods.csv`. The tests fail when a Python
name in it does not exist, and run every ☁ against a real server.
"""


@dataclass(frozen=True)
class Row:
    """One Ruby name.

    Args:
        module: the Ruby module or class that defines it.
        ruby: its name; `#` before methods of an object.
        python: Python names, none when there is no equivalent.
        server: whether it talks to the server.
        note: how the two differ, or why there is no equivalent.
    """

    module: str
    ruby: str
    python: tuple[str, ...]
    server: bool
    note: str


def read_rows() -> list[Row]:
    """The rows of the table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            Row(
                line["module"],
                line["ruby"],
                tuple(name for name in line["python"].split("; ") if name),
                line["server"] == "yes",
                line["note"],
            )
            for line in csv.DictReader(file)
        ]


def page(rows: Iterable[Row]) -> str:
    """The whole page."""
    sections = [section(module, list(group)) for module, group in groupby(by_module(rows), lambda row: row.module)]
    return "\n".join([INTRODUCTION, *sections])


def by_module(rows: Iterable[Row]) -> list[Row]:
    """The rows with those of one module together, modules in the order in which they first appear."""
    modules: dict[str, list[Row]] = {}
    for row in rows:
        modules.setdefault(row.module, []).append(row)
    return [row for group in modules.values() for row in group]


def section(module: str, rows: list[Row]) -> str:
    """The table of one module."""
    lines = [f"## {module}", "", "| Ruby | Python | |", "|---|---|---|", *map(shown, rows)]
    return "\n".join(lines) + "\n"


def shown(row: Row) -> str:
    """One line of a table."""
    names = ", ".join(f"`{name}`" for name in row.python) or "none"
    cloud = " ☁" if row.server else ""
    return f"| `{row.ruby}` | {names}{cloud} | {row.note.replace('|', chr(92) + '|')} |"


if __name__ == "__main__":
    PAGE.write_text(page(read_rows()), encoding="utf-8")
