"""The page for people who come from Ruby: every name in it exists, and it is what the data file says."""

from __future__ import annotations

import pytest

from tests.docs.generated import find, script

PAGE = script("ruby_page")
ROWS = PAGE.read_rows()
NAMES = sorted({name for row in ROWS for name in row.python})


@pytest.mark.parametrize("name", NAMES)
def test_every_python_name_exists(name: str) -> None:
    assert find(name) is not None


@pytest.mark.parametrize("name", ["ParseObject.fetch_everything", "parse_orm.names.NOTHING", "Sonng"])
def test_a_name_that_does_not_exist_is_noticed(name: str) -> None:
    with pytest.raises((AttributeError, ImportError)):
        find(name)


def test_a_row_has_an_equivalent_or_a_reason() -> None:
    assert [row.ruby for row in ROWS if not row.python and not row.note] == []


def test_every_ruby_name_stands_in_the_table_once() -> None:
    keys = [(row.module, row.ruby) for row in ROWS]

    assert len(keys) == len(set(keys)) > 270


def test_what_talks_to_the_server_has_a_name() -> None:
    assert [row.ruby for row in ROWS if row.server and not row.python] == []


def test_the_page_is_what_the_data_file_says() -> None:
    assert PAGE.PAGE.read_text(encoding="utf-8") == PAGE.page(ROWS), "run python docs/data/ruby_page.py"
