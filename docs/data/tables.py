"""What the pages that are made of a data file share: rows by group, names, and tables in Markdown."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

Row = TypeVar("Row")


def read(path: Path) -> list[dict[str, str]]:
    """The lines of a CSV file, by column."""
    with path.open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file)]


def several(names: str) -> tuple[str, ...]:
    """The Python names of one cell."""
    return tuple(name for name in names.split("; ") if name)


def grouped(rows: Iterable[Row], key: Callable[[Row], str]) -> dict[str, list[Row]]:
    """The rows of each group, groups in the order in which they first appear."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def section(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A heading with a table below it."""
    lines = [f"## {title}", "", line(head), "|---" * len(head) + "|", *map(line, rows)]
    return "\n".join(lines) + "\n"


def line(cells: Sequence[str]) -> str:
    """One line of a table."""
    return "| " + " | ".join(cells) + " |"


def code(names: Sequence[str]) -> str:
    """Names as code, "none" when there are none."""
    return ", ".join(f"`{name}`" for name in names) or "none"


def escaped(text: str) -> str:
    """A text that ends no cell."""
    return text.replace("|", "\\|")
