"""Postgres alone: it starts on a socket, explains why not, and answers SQL only while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from parse_orm.devserver import NotRunning, PostgresFailed, template
from parse_orm.devserver.binaries import postgres_account, wheel_folder
from parse_orm.devserver.postgres import Postgres, Programs, initdb
from parse_orm.devserver.workspace import Workspace, open_workspace

pytestmark = pytest.mark.live


@pytest.fixture
def programs() -> Programs:
    return Programs(wheel_folder() / "bin", postgres_account())


@pytest.fixture
def folders(programs: Programs) -> Iterator[Workspace]:
    made = open_workspace(None, programs.account)
    yield made
    made.remove()


def test_a_new_data_folder_serves_sql_until_it_is_stopped(programs: Programs, folders: Workspace) -> None:
    initdb(programs, folders.database)
    postgres = Postgres(programs, folders.database, folders.run)

    postgres.start()
    postgres.start()
    assert postgres.sql("SELECT 1, 'a'") == [["1", "a"]]
    assert "running" in repr(postgres)

    postgres.stop()
    postgres.stop()
    assert "stopped" in repr(postgres)
    with pytest.raises(NotRunning, match="start_database"):
        postgres.sql("SELECT 1")


def test_a_spoilt_data_folder_shows_what_postgres_said(programs: Programs, folders: Workspace) -> None:
    programs.own(folders.database)

    with pytest.raises(PostgresFailed, match=r"did not start on .*\n.*\n.*postgresql\.conf"):
        Postgres(programs, folders.database, folders.run).start()


def test_a_folder_that_is_not_empty_is_not_made_into_a_database(programs: Programs, folders: Workspace) -> None:
    programs.own(folders.database)
    (folders.database / "mine").write_text("x")

    with pytest.raises(PostgresFailed, match="exists but is not empty"):
        initdb(programs, folders.database)
    assert (folders.database / "mine").exists()


def test_a_long_path_is_refused_before_postgres_cuts_it(programs: Programs, folders: Workspace) -> None:
    postgres = Postgres(programs, folders.database, folders.temporary / ("x" * 100))

    with pytest.raises(PostgresFailed, match="Set TMPDIR to a shorter path"):
        postgres.start()


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(PostgresFailed, match="could not be made: cp: "):
        template.copy_tree(tmp_path / "missing", tmp_path / "copy")

    assert list(tmp_path.iterdir()) == []
