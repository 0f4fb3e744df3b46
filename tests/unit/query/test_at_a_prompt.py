"""At a prompt a query shows its first rows, and long work says how far it is."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.query import display
from parse_orm.query.progress import PlainLine, reporting
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Request, Response


class PromptSong(orm.ParseObject):
    title = orm.property(str)
    secret = orm.property(str, hidden=True)


@pytest.fixture
def transport() -> Iterator[MemoryTransport]:
    """A server with twelve songs."""
    rows = [{"objectId": f"id{number:02}", "title": f"<b>{number}</b>", "secret": "sssh"} for number in range(12)]

    def answer(request: Request) -> Response:
        body = json.loads(request.body or b"{}")
        after = body.get("where", {}).get("objectId", {}).get("$gt", "")
        found = [row for row in rows if row["objectId"] > after][: body["limit"]]
        return Response(200, body=json.dumps({"results": found}).encode())

    memory = MemoryTransport(answer)
    with orm.using(orm.Client("http://localhost/parse", "app", transport=memory)):
        yield memory


class Printer:
    def __init__(self) -> None:
        self.said = ""

    def text(self, text: str) -> None:
        self.said += text


def test_a_notebook_shows_ten_rows_escaped_and_without_secrets(transport: MemoryTransport) -> None:
    html = PromptSong.query()._repr_html_()

    assert html.count("<tr>") == 11
    assert "&lt;b&gt;0&lt;/b&gt;" in html
    assert "<b>" not in html
    assert "sssh" not in html
    assert "and more" in html


def test_a_prompt_shows_a_table(transport: MemoryTransport) -> None:
    printer = Printer()

    PromptSong.limit(2)._repr_pretty_(printer, False)

    lines = printer.said.splitlines()
    assert len(lines) == 4
    assert lines[0].split() == ["id", "created_at", "updated_at", "title"]
    assert lines[2].startswith("id00")
    assert "more" not in printer.said


def test_repr_and_str_ask_nothing(transport: MemoryTransport) -> None:
    assert repr(PromptSong.limit(2)) == str(PromptSong.limit(2)) == "<PromptSongQuery limit 2>"

    assert transport.requests == []


def test_long_and_odd_cells_are_tamed() -> None:
    text = display.text_table(["a"], [["x" * 100], ["b\x1b[0m\n"], [None]], more=False)

    assert "x" * 37 + "..." in text
    assert "\x1b" not in text
    assert len(text.split("\n")) == 5


def test_progress_is_reported_to_a_function(transport: MemoryTransport) -> None:
    seen: list[int] = []

    assert len(list(PromptSong.query().each(batch_size=5, progress=seen.append))) == 12

    assert seen == [5, 10, 12]


def test_a_plain_line_is_rewritten_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    moments = iter([0.0, 0.0, 0.0, 0.0, 0.1, 1.0, 1.0, 1.0, 2.0])
    line = PlainLine("rows", clock=lambda: next(moments))

    for done in (1, 2, 3):
        line(done)
    line.close()

    said = capsys.readouterr().err
    assert said == "\r1 rows, 0.0 s\r3 rows, 1.0 s\r3 rows, 2.0 s\n"


@pytest.mark.parametrize("bar", [True, False])
def test_a_bar_is_drawn_on_standard_error_with_and_without_tqdm(
    bar: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Fake:
        n = 0

        def __init__(self, unit: str, file: Any) -> None:
            self.unit, self.file = unit, file

        def update(self, more: int) -> None:
            self.n += more

        def close(self) -> None:
            print(f"{self.n}{self.unit}", file=self.file)

    fake = type(sys)("tqdm")
    fake.tqdm = Fake  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tqdm", fake if bar else None)

    assert list(reporting(iter([[1, 2], [3]]), True, "rows")) == [[1, 2], [3]]

    said = capsys.readouterr().err
    assert ("3 rows\n" in said) if bar else said.endswith("s\n")


def test_a_walk_that_is_given_up_closes_its_bar() -> None:
    closed = []

    class Bar:
        def __call__(self, done: int) -> None: ...

        def close(self) -> None:
            closed.append(True)

    walk = reporting(iter([[1], [2]]), Bar(), "rows")
    next(walk)
    walk.close()  # type: ignore[attr-defined]

    assert closed == [True]
