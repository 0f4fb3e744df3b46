"""The examples in a Markdown page, each with the line it starts on and the words after its language.

A fence is understood by its info string:

    ```python                     runs
    ```python raises=UnknownField runs, and must raise that error (or a subclass of it)
    ```python no-run=needs-flask  is only compiled, and says why
    ```pycon                      a prompt session whose answers are compared
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

LANGUAGES = {"python", "pycon"}

# Word -> languages it may follow. Each word needs a value, as in `no-run=needs-flask`.
WORDS = {"raises": {"python"}, "no-run": {"python", "pycon"}}


class BadFence(ValueError):
    """An info string that asks for something the executor does not know."""


@dataclass(frozen=True)
class Block:
    """One example: its text, and where in which page it stands."""

    page: Path
    line: int
    language: str
    text: str
    raises: str | None = None
    no_run: str | None = None

    @property
    def where(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def padded(self) -> str:
        """The text below as many empty lines as precede it, so that tracebacks name the page's lines."""
        return "\n" * (self.line - 1) + self.text


def blocks_of(page: Path, text: str) -> Iterator[Block]:
    """The examples of a page, in order."""
    for token in MarkdownIt().parse(text):
        language, *words = token.info.split() or [""]
        if token.type != "fence" or language not in LANGUAGES or token.map is None:
            continue
        first_line = token.map[0] + 2  # map counts from 0 and names the fence, not its first line
        options = dict(option(word, language, f"{page}:{first_line - 1}") for word in words)
        yield Block(page, first_line, language, token.content, options.get("raises"), options.get("no-run"))


def option(word: str, language: str, where: str) -> tuple[str, str]:
    """The name and value of one word of an info string."""
    name, _, value = word.partition("=")
    if language not in WORDS.get(name, ()):
        raise BadFence(f"{where}: a {language} block does not know the word {name!r}; known: {sorted(WORDS)}")
    if not value:
        raise BadFence(f"{where}: {name!r} needs a value, such as {name}=needs-flask or {name}=UnknownField")
    return name, value
