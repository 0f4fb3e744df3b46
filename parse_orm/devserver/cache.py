"""The folder where an installed Parse Server waits for its next start."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from parse_orm.devserver.errors import CacheUnusable
from parse_orm.devserver.progress import Progress

SYSTEM_CACHE = Path("/var/cache/parse-orm")


def open_to_others(path: Path) -> bool:
    """Tell whether every folder from the root down to `path` may be entered by any user.

    >>> open_to_others(Path("/"))
    True

    Args:
        path: a file or folder; parts that do not exist yet are taken as open.

    Returns:
        False as soon as one existing folder lacks the x bit for others.
    """
    folders = [path, *path.parents] if path.is_dir() else list(path.parents)
    return all(not folder.is_dir() or folder.stat().st_mode & stat.S_IXOTH for folder in folders)


def cache_folder(environ: Mapping[str, str], home: Path, uid: int) -> Path:
    """Choose the cache folder, without making it.

    >>> cache_folder({"PARSE_ORM_CACHE": "/ci/cache"}, Path("/home/ann"), 1000).as_posix()
    '/ci/cache'
    >>> cache_folder({}, Path("/home/ann"), 1000).as_posix()
    '/home/ann/.cache/parse-orm'

    Args:
        environ: where PARSE_ORM_CACHE and XDG_CACHE_HOME are looked up.
        home: the home folder of the user.
        uid: the user's number; 0 is root.

    Returns:
        PARSE_ORM_CACHE; else parse-orm in XDG_CACHE_HOME; else ~/.cache/parse-orm. Root, whose home is
        usually closed, gets /var/cache/parse-orm: Postgres refuses to run as root and runs as nobody.
    """
    if chosen := environ.get("PARSE_ORM_CACHE"):
        return Path(chosen).expanduser().absolute()
    if shared := environ.get("XDG_CACHE_HOME"):
        return Path(shared).absolute() / "parse-orm"
    if uid == 0 and not open_to_others(home):
        return SYSTEM_CACHE
    return home / ".cache" / "parse-orm"


def current_cache_folder() -> Path:
    """Choose the cache folder of this process: `cache_folder` of its environment, home and user.

    Returns:
        An absolute path that may not exist yet.
    """
    return cache_folder(os.environ, Path.home(), os.getuid()) / "devserver"


@contextmanager
def locked(path: Path, progress: Progress) -> Iterator[None]:
    """Hold a lock file, waiting for whoever has it; the kernel frees it if the holder dies.

    Args:
        path: the lock file; it is made when missing and left in place.
        progress: told once that another process is at work.

    Returns:
        A context manager.
    """
    import fcntl

    with path.open("w") as file:
        told = False
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not told:
                    progress("waiting for another process that is installing ...")
                told = True
                time.sleep(0.1)
        yield


def make_once(target: Path, build: Callable[[Path], None], progress: Progress) -> Path:
    """Make a folder once for all processes: under a lock, beside its place, then renamed into it.

    Args:
        target: the folder wanted; when it exists nothing happens.
        build: called with a new empty folder to fill.
        progress: told when another process holds the lock.

    Returns:
        `target`, complete.

    Raises:
        CacheUnusable: the parent folder cannot be made or written.
    """
    if target.is_dir():
        return target
    prefix = f"{target.name}.new-"
    lock = target.with_name(f"{target.name}.lock")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock.touch()
    except OSError as error:
        raise CacheUnusable(
            f"The cache folder {target.parent} cannot be written ({error.strerror}). "
            "Set PARSE_ORM_CACHE to a folder of your own."
        ) from error
    with locked(lock, progress):
        if target.is_dir():
            return target
        for leftover in target.parent.glob(f"{prefix}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
        try:
            build(fresh)
            fresh.chmod(0o755)
            fresh.rename(target)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return target
