"""How a query looks at a prompt: its repr asks nothing of the server; only the table shows rows."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from .plan import Plan

#: Rows that a prompt shows.
SHOWN = 10


def chain(plan: Plan) -> str:
    """The steps of a query in words."""
    steps = []
    if plan.criteria:
        steps.append("where " + " and ".join(map(repr, plan.criteria)))
    if plan.order:
        steps.append("order " + ",".join(plan.order))
    for name, value in (("limit", plan.limit), ("skip", plan.skip or None)):
        if value is not None:
            steps.append(f"{name} {value}")
    for name, paths in (("include", plan.include), ("keys", plan.keys), ("exclude_keys", plan.exclude_keys)):
        if paths:
            steps.append(f"{name} {','.join(paths)}")
    return " ".join(steps) or "all"


def text_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], more: bool) -> str:
    """Rows as aligned text."""
    cells = [list(columns), *[[_cell(value) for value in row] for row in rows]]
    widths = [max(len(row[index]) for row in cells) for index in range(len(columns))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join([*lines, "... and more"] if more else lines)


def html_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], more: bool) -> str:
    """Rows as an HTML table, every value escaped."""
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{escape(_cell(value))}</td>" for value in row) + "</tr>" for row in rows)
    tail = "<p>... and more</p>" if more else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{tail}"


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    text = "".join(char if char.isprintable() else "?" for char in text)
    return text if len(text) <= 40 else text[:37] + "..."
