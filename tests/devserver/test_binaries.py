"""The Postgres of the wheel: found as files, copied out of closed folders, missed with a cure."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from parse_orm.devserver import CacheUnusable, PostgresFailed, PostgresMissing, binaries, workspace
from parse_orm.devserver.binaries import Account

NOBODY = Account(65534, 65534)


def quiet(line: str) -> None:
    """Take no notice of progress."""


@pytest.fixture
def closed_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The real wheel, seen through a folder that only its owner may enter."""
    source = binaries.wheel_folder()
    closed = tmp_path / "closed"
    (closed / binaries.PACKAGE).mkdir(parents=True)
    (closed / binaries.PACKAGE / source.name).symlink_to(source)
    (closed / binaries.LIBRARIES).symlink_to(source.parent.parent / binaries.LIBRARIES)
    closed.chmod(0o700)
    monkeypatch.setattr(binaries, "wheel_folder", lambda: closed / binaries.PACKAGE / source.name)
    return closed


def test_the_newest_postgres_of_the_wheel_is_taken() -> None:
    assert binaries.install_number(binaries.wheel_folder()) >= 18


def test_a_missing_wheel_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "PACKAGE", "no_such_package")

    with pytest.raises(PostgresMissing, match=r"pip install 'parse-orm\[devserver\]'"):
        binaries.wheel_folder.__wrapped__()
    assert binaries.wheel_version() == "unknown"


def test_an_ordinary_user_runs_postgres_himself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 1000)

    assert binaries.postgres_account() is None


def test_root_lets_nobody_run_postgres(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 0)
    assert binaries.postgres_account() == NOBODY

    def no_such_user(name: str) -> object:
        raise KeyError(name)

    monkeypatch.setattr("pwd.getpwnam", no_such_user)
    assert binaries.postgres_account() == NOBODY


def test_ourselves_we_use_the_programs_where_they_are(closed_wheel: Path, tmp_path: Path) -> None:
    assert binaries.find_programs(None, tmp_path, quiet).is_relative_to(closed_wheel)


def test_programs_in_a_closed_folder_are_copied_and_still_run(
    closed_wheel: Path, public_folder: Path, tmp_path: Path
) -> None:
    found = binaries.find_programs(NOBODY, public_folder / "cache", quiet)

    assert found.is_relative_to(public_folder / "cache")
    for program in ("postgres", "initdb", "psql"):
        answer = subprocess.run([found / program, "--version"], capture_output=True, text=True, check=True)
        assert "PostgreSQL" in answer.stdout


def test_no_open_folder_for_the_copy_is_said_clearly(
    closed_wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "SYSTEM_CACHE", tmp_path / "file" / "cache")
    (tmp_path / "file").write_text("")
    (tmp_path / "shut").mkdir(mode=0o700)

    with pytest.raises(CacheUnusable, match="Set PARSE_ORM_CACHE to a folder that other users may enter"):
        binaries.find_programs(NOBODY, tmp_path / "shut" / "cache", quiet)


def test_a_public_folder_is_open_whatever_the_umask(public_folder: Path) -> None:
    before = os.umask(0o077)
    try:
        assert binaries.made_public(public_folder / "a" / "b")
    finally:
        os.umask(before)


def test_root_is_told_when_postgres_cannot_enter_the_data_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)

    with pytest.raises(PostgresFailed, match="Choose a folder that other users may enter"):
        workspace.open_workspace(tmp_path / "data", NOBODY)


def test_root_works_in_a_temporary_folder_that_postgres_may_enter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))

    made = workspace.open_workspace(None, NOBODY)

    assert not made.temporary.is_relative_to(tmp_path)
    assert made.temporary.stat().st_mode & 0o777 == 0o711
    made.remove()
    assert not made.temporary.exists()


def test_no_open_temporary_folder_is_said_clearly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workspace, "open_to_others", lambda path: False)

    with pytest.raises(PostgresFailed, match="Set TMPDIR"):
        workspace.temporary_folder(NOBODY)
