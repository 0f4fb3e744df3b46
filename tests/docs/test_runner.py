"""The executor of examples notices what a reader would notice, and says on which line of which page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.docs.blocks import BadFence, blocks_of
from tests.docs.runner import ExampleFailed, main, run_block

PAGE = Path("page.md")


def run(text: str) -> dict[str, Any]:
    """Run a page given as text; the namespace its blocks leave behind."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks_of(PAGE, text):
        run_block(block, namespace)
    return namespace


def test_the_blocks_of_a_page_share_their_names() -> None:
    names = run("```python\na = 1\n```\nthen\n\n```python\nb = a + 1\n```\n")

    assert names["b"] == 2


def test_other_languages_are_left_alone() -> None:
    assert list(blocks_of(PAGE, "```bash\nexit 1\n```\n\n    indented\n\n```\nplain\n```\n")) == []


def test_a_block_inside_a_list_runs_without_its_indent() -> None:
    assert run("1. first\n\n   ```python\n   x = 1\n   ```\n")["x"] == 1


def test_a_failure_names_the_page_and_the_line() -> None:
    with pytest.raises(ExampleFailed, match=r"page\.md:5: ZeroDivisionError: division by zero"):
        run("intro\n\n```python\nx = 1\nx / 0\n```\n")


def test_a_failure_inside_a_function_of_the_page_names_the_line_that_failed() -> None:
    with pytest.raises(ExampleFailed, match=r"page\.md:3: KeyError"):
        run("```python\ndef f():\n    return {}['x']\n\nf()\n```\n")


def test_a_syntax_error_names_its_line() -> None:
    with pytest.raises(ExampleFailed, match=r"page\.md:3: .*SyntaxError"):
        run("```python\nx = 1\nx = = 2\n```\n")


def test_an_expected_error_passes_by_its_own_name_and_by_that_of_a_base() -> None:
    run("```python raises=KeyError\n{}['x']\n```\n\n```python raises=LookupError\n{}['x']\n```\n")


def test_another_error_than_the_expected_one_fails() -> None:
    with pytest.raises(ExampleFailed, match=r"page\.md:2: KeyError: 'x'"):
        run("```python raises=ValueError\n{}['x']\n```\n")


def test_an_expected_error_that_does_not_come_fails() -> None:
    with pytest.raises(ExampleFailed, match=r"page\.md:2: expected KeyError, and nothing was raised"):
        run("```python raises=KeyError\nx = 1\n```\n")


def test_a_block_that_is_not_run_is_still_compiled() -> None:
    assert "x" not in run("```python no-run=needs-flask\nx = 1\n```\n")
    with pytest.raises(ExampleFailed, match="SyntaxError"):
        run("```python no-run=needs-flask\nx = = 1\n```\n")


def test_a_page_that_exits_early_fails_rather_than_hide_the_rest() -> None:
    with pytest.raises(ExampleFailed, match=r"page\.md:2: SystemExit"):
        run("```python\nraise SystemExit\n```\n")


def test_a_prompt_session_that_is_not_run_is_still_compiled() -> None:
    run("```pycon no-run=needs-flask\n>>> missing\n```\n")
    with pytest.raises(ExampleFailed, match=r"page\.md:3: SyntaxError"):
        run("```pycon no-run=needs-flask\n>>> x = 1\n>>> y = = 2\n```\n")


@pytest.mark.parametrize("info", ["python no-run", "python no-run=", "python rases=E", "pycon raises=E"])
def test_a_word_that_is_unknown_or_gives_no_reason_is_refused(info: str) -> None:
    with pytest.raises(BadFence, match=r"page\.md:1: "):
        run(f"```{info}\nx = 1\n```\n")


def test_a_prompt_session_is_compared_and_shares_the_names_of_the_page() -> None:
    names = run("```python\nx = 2\n```\n\n```pycon\n>>> x + 1\n3\n>>> y = x\n```\n")

    assert names["y"] == 2


def test_a_wrong_answer_in_a_prompt_session_names_its_line() -> None:
    with pytest.raises(ExampleFailed, match=r'File "page\.md", line 5'):
        run("intro\n\n```pycon\n>>> x = 1\n>>> x\n2\n```\n")


def test_main_says_what_failed_and_exits_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "guide.md"
    page.write_text("```python\nraise RuntimeError('no')\n```\n")

    assert main(["page", str(page)]) == 1
    assert f"{page}:2: RuntimeError: no" in capsys.readouterr().err
