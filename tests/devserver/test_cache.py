"""Where an installed server is kept, and that two processes never spoil it for each other."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from parse_orm.devserver import CacheUnusable, cache

HOME = Path("/home/ann")


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"PARSE_ORM_CACHE": "/ci/cache", "XDG_CACHE_HOME": "/xdg"}, "/ci/cache"),
        ({"XDG_CACHE_HOME": "/xdg"}, "/xdg/parse-orm"),
        ({}, "/home/ann/.cache/parse-orm"),
        ({"PARSE_ORM_CACHE": ""}, "/home/ann/.cache/parse-orm"),
    ],
)
def test_the_first_setting_wins(environ: dict[str, str], expected: str) -> None:
    assert cache.cache_folder(environ, HOME, 1000) == Path(expected)


def test_root_with_a_closed_home_uses_the_cache_of_the_system(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)

    assert cache.cache_folder({}, tmp_path, 0) == Path("/var/cache/parse-orm")
    assert cache.cache_folder({}, tmp_path, 1000) == tmp_path / ".cache/parse-orm"


def test_a_folder_below_a_closed_one_is_closed_to_others(tmp_path: Path) -> None:
    inner = tmp_path / "closed" / "inner"
    inner.mkdir(parents=True)
    inner.parent.chmod(0o700)

    assert not cache.open_to_others(inner)
    assert cache.open_to_others(Path("/"))


def quiet(line: str) -> None:
    """Take no notice of progress."""


def test_a_folder_is_built_once_however_many_ask(tmp_path: Path) -> None:
    built: list[Path] = []

    def build(folder: Path) -> None:
        built.append(folder)
        (folder / "content").write_text("x")

    target = tmp_path / "cache" / "thing"
    threads = [threading.Thread(target=cache.make_once, args=(target, build, quiet)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(built) == 1
    assert (target / "content").read_text() == "x"


def test_a_failed_build_leaves_nothing_and_is_tried_again(tmp_path: Path) -> None:
    target = tmp_path / "thing"

    def fail(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise RuntimeError("no network")

    with pytest.raises(RuntimeError, match="no network"):
        cache.make_once(target, fail, quiet)
    assert [path.name for path in tmp_path.iterdir()] == ["thing.lock"]

    cache.make_once(target, lambda folder: (folder / "whole").touch(), quiet)
    assert [path.name for path in target.iterdir()] == ["whole"]


def test_the_rest_of_a_killed_build_is_removed(tmp_path: Path) -> None:
    (tmp_path / "thing.new-abc").mkdir()

    cache.make_once(tmp_path / "thing", lambda folder: None, quiet)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["thing", "thing.lock"]


def test_who_waits_for_the_lock_is_told(tmp_path: Path) -> None:
    said: list[str] = []
    lock = tmp_path / "lock"

    with cache.locked(lock, quiet):
        waiter = threading.Thread(target=lambda: cache.locked(lock, said.append).__enter__())
        waiter.start()
        while not said:
            waiter.join(0.01)
    waiter.join()

    assert said == ["waiting for another process that is installing ..."]


def test_a_cache_that_cannot_be_written_names_the_setting(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")

    with pytest.raises(CacheUnusable, match="Set PARSE_ORM_CACHE to a folder of your own"):
        cache.make_once(in_the_way / "cache" / "thing", lambda folder: None, quiet)


def test_the_cache_of_this_process_follows_its_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARSE_ORM_CACHE", str(tmp_path))

    assert cache.current_cache_folder() == tmp_path / "devserver"
    assert os.listdir(tmp_path) == []
