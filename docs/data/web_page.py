"""Writes docs/guides/web-mapping.md from web_mapping.csv: `python docs/data/web_page.py`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import tables

HERE = Path(__file__).parent
TABLE = HERE / "web_mapping.csv"
PAGE = HERE.parent / "guides" / "web-mapping.md"
HEAD = ("Rust", "Python", "Note")

INTRODUCTION = """\
# Coming from a session library in Rust

Every method of `ParseSessionHandle` (parse-rs), `SessionManager` (modo-session), `Session` (tower-sessions) and
`SessionStore` (ferro-rs) with its name here, and what is different on purpose. Methods that Rust gives to every type,
such as `into` and `borrow`, are left out. What is async there is sync here; in ASGI programs the methods of
`SessionManager` are awaited on `parse_orm.contrib.asgi.Sessions`.

This page is written by `python docs/data/web_page.py` from `docs/data/web_mapping.csv`. The tests fail when a Python
name in it does not exist, and when a method of the four has no row.
"""


@dataclass(frozen=True)
class Row:
    """One Rust name.

    Args:
        system: the library and the type.
        method: its name.
        python: Python names, none when the language does it.
        note: how the two differ.
    """

    system: str
    method: str
    python: tuple[str, ...]
    note: str


def read_rows() -> list[Row]:
    """The rows of the table."""
    return [
        Row(line["system"], line["method"], tables.several(line["python"]), line["note"]) for line in tables.read(TABLE)
    ]


def page(rows: Iterable[Row]) -> str:
    """The whole page."""
    systems = tables.grouped(rows, lambda row: row.system)
    sections = [tables.section(system, HEAD, map(cells, group)) for system, group in systems.items()]
    return "\n".join([INTRODUCTION, *sections])


def cells(row: Row) -> tuple[str, str, str]:
    """One line of a table."""
    return f"`{row.method}`", tables.code(row.python), tables.escaped(row.note)


if __name__ == "__main__":
    PAGE.write_text(page(read_rows()), encoding="utf-8")
