"""Writes docs/guides/ruby.md from ruby_methods.csv: `python docs/data/ruby_page.py`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import tables

HERE = Path(__file__).parent
TABLE = HERE / "ruby_methods.csv"
PAGE = HERE.parent / "guides" / "ruby.md"
HEAD = ("Ruby", "Python", "Note")

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
    return [
        Row(line["module"], line["ruby"], tables.several(line["python"]), line["server"] == "yes", line["note"])
        for line in tables.read(TABLE)
    ]


def page(rows: Iterable[Row]) -> str:
    """The whole page."""
    modules = tables.grouped(rows, lambda row: row.module)
    sections = [tables.section(module, HEAD, map(cells, group)) for module, group in modules.items()]
    return "\n".join([INTRODUCTION, *sections])


def cells(row: Row) -> tuple[str, str, str]:
    """One line of a table."""
    cloud = " ☁" if row.server else ""
    return f"`{row.ruby}`", tables.code(row.python) + cloud, tables.escaped(row.note)


if __name__ == "__main__":
    PAGE.write_text(page(read_rows()), encoding="utf-8")
