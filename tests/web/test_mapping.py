"""The page for people who come from Rust: each method of the four systems has its row, and each name exists."""

from __future__ import annotations

import pytest

from tests.docs.generated import find, script

PAGE = script("web_page")
ROWS = PAGE.read_rows()
NAMES = sorted({name for row in ROWS for name in row.python})

#: What the documentation of each type lists, its own methods and those of traits that are not given to every type.
METHODS = {
    "parse-rs ParseSessionHandle": ("new me get_by_object_id delete_by_object_id update_by_object_id get_all_sessions"),
    "modo-session SessionManager": (
        "authenticate authenticate_with logout logout_all logout_other revoke rotate current user_id is_authenticated "
        "list_my_sessions get set remove_key from_request_parts"
    ),
    "tower-sessions Session": (
        "new insert insert_value get get_value remove remove_value clear is_empty id expiry set_expiry expiry_date "
        "expiry_age is_modified save load delete flush cycle_id from_request_parts clone clone_from fmt"
    ),
    "ferro-rs SessionStore": "read write destroy gc destroy_for_user",
}


@pytest.mark.parametrize("system", METHODS)
def test_every_method_has_a_row(system: str) -> None:
    assert [row.method for row in ROWS if row.system == system] == METHODS[system].split()


@pytest.mark.parametrize("name", NAMES)
def test_every_python_name_exists(name: str) -> None:
    assert find(name) is not None


@pytest.mark.parametrize("name", ["parse_orm.web.WebSession.cycle", "parse_orm.web.stores.nothing", "Sesion"])
def test_a_name_that_does_not_exist_is_noticed(name: str) -> None:
    with pytest.raises((AttributeError, ImportError)):
        find(name)


def test_a_row_has_an_equivalent_or_a_reason() -> None:
    assert [row.method for row in ROWS if not row.python and not row.note] == []


def test_every_method_stands_in_the_table_once() -> None:
    keys = [(row.system, row.method) for row in ROWS]

    assert len(keys) == len(set(keys))


def test_the_page_is_what_the_data_file_says() -> None:
    assert PAGE.PAGE.read_text(encoding="utf-8") == PAGE.page(ROWS), "run python docs/data/web_page.py"
