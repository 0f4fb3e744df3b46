"""Runs examples in an interpreter of their own, against the server that the environment names.

    python -m tests.docs.runner page README.md
    python -m tests.docs.runner docstrings parse_orm.types.geo parse_orm.types.acl

A process of its own gives every page what its reader has: no models, no client and no settings left
over from elsewhere. It exits with 1 and says the file and the line when an example is wrong.
"""

from __future__ import annotations

import doctest
import importlib
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import CodeType
from typing import Any

from tests.docs.blocks import BadFence, Block, blocks_of

OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.FAIL_FAST


class ExampleFailed(Exception):
    """An example that did not do what its page says; the text names the line."""


def main(arguments: list[str]) -> int:
    what, *names = arguments
    try:
        COMMANDS[what](names)
    except (BadFence, ExampleFailed) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def run_page(names: list[str]) -> None:
    """Run the blocks of each named page in order, in one namespace for each page."""
    for name in names:
        page = Path(name)
        namespace: dict[str, Any] = {"__name__": "__main__"}
        for block in blocks_of(page, page.read_text(encoding="utf-8")):
            run_block(block, namespace)


def run_block(block: Block, namespace: dict[str, Any]) -> None:
    """Run one block, or only compile it where the page says so."""
    RUNNERS[block.language](block, namespace)


def run_python(block: Block, namespace: dict[str, Any]) -> None:
    code = compiled(block)
    if block.no_run:
        return
    try:
        exec(code, namespace)
    except (Exception, SystemExit) as error:  # a page that exits would hide the rest of its examples
        if block.raises in {kind.__name__ for kind in type(error).__mro__}:
            return
        raise ExampleFailed(f"{place(error, block)}: {described(error)}") from error
    if block.raises:
        raise ExampleFailed(f"{block.where}: expected {block.raises}, and nothing was raised")


def compiled(block: Block) -> CodeType:
    try:
        return compile(block.padded, str(block.page), "exec")
    except SyntaxError as error:
        raise ExampleFailed(f"{block.page}:{error.lineno}: {type(error).__name__}: {error.msg}") from error


def run_prompt(block: Block, namespace: dict[str, Any]) -> None:
    test = doctest.DocTestParser().get_doctest(block.text, {}, block.where, str(block.page), block.line - 1)
    test.globs = namespace
    if block.no_run:
        for example in test.examples:
            compiled(replace(block, line=block.line + example.lineno, text=example.source))
        return
    run_doctest(test)


def run_doctest(test: doctest.DocTest) -> None:
    """Run one prompt session to its first surprise."""
    said: list[str] = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=OPTIONS)
    if runner.run(test, out=said.append, clear_globs=False).failed:
        raise ExampleFailed("".join(said))


def place(error: BaseException, block: Block) -> str:
    """The last line of the page that the error came through."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(block.page)]
    return f"{block.page}:{lines[-1] if lines else block.line}"


def described(error: BaseException) -> str:
    return "".join(traceback.format_exception_only(error)).strip()


def run_docstrings(names: list[str]) -> None:
    """Run every docstring example of the named modules, each on an empty server, and name all that fail."""
    import parse_orm as orm
    from parse_orm.devserver.existing import ExistingServer
    from tests.docs import models

    server = ExistingServer(os.environ)  # empties it only with PARSE_SERVER_MAY_BE_EMPTIED=1
    orm.connect()
    shared = {"orm": orm} | {n: v for n, v in vars(models).items() if not n.startswith("_")}

    failures: list[str] = []
    for test in docstring_tests(names, shared):
        server.reset()
        try:
            run_doctest(test)
        except ExampleFailed as failure:
            failures.append(str(failure))
    if failures:
        raise ExampleFailed("\n".join(failures))


def docstring_tests(names: list[str], shared: dict[str, Any]) -> Iterator[doctest.DocTest]:
    """Every docstring with an example, with the module's own names and the shared ones in reach."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    for name in names:
        module = importlib.import_module(name)
        for test in finder.find(module, name, globs={**vars(module), **shared}):
            if test.examples:
                yield test


RUNNERS: dict[str, Callable[[Block, dict[str, Any]], None]] = {"python": run_python, "pycon": run_prompt}

COMMANDS: dict[str, Callable[[list[str]], None]] = {"page": run_page, "docstrings": run_docstrings}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
