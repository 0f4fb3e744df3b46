"""The folders of one running server: a temporary one, or the caller's own that stays."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from parse_orm.devserver.binaries import Account
from parse_orm.devserver.cache import open_to_others
from parse_orm.devserver.errors import PostgresFailed


@dataclass(frozen=True)
class Workspace:
    """Where one server keeps its things; `temporary` is what disappears with it."""

    temporary: Path
    database: Path
    run: Path
    server: Path

    def remove(self) -> None:
        """Delete the temporary part; the caller's own data stays."""
        shutil.rmtree(self.temporary, ignore_errors=True)


def temporary_folder(account: Account | None) -> Path:
    """Make a short-named temporary folder that the account may enter.

    Args:
        account: who runs Postgres; None means ourselves.

    Returns:
        A new folder; only its owner may list it.

    Raises:
        PostgresFailed: no temporary folder of the system is open to the account.
    """
    if account is None:
        return Path(tempfile.mkdtemp(prefix="parse-orm-"))
    for parent in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):
        if open_to_others(parent) and os.access(parent, os.W_OK):
            folder = Path(tempfile.mkdtemp(prefix="parse-orm-", dir=parent))
            folder.chmod(0o711)
            return folder
    raise PostgresFailed("Postgres cannot run as root, and no temporary folder is open to others. Set TMPDIR to one.")


def open_workspace(data: Path | None, account: Account | None) -> Workspace:
    """Make the folders of one server.

    Args:
        data: a folder of the caller that outlives the server, or None.
        account: who runs Postgres; None means ourselves.

    Returns:
        Existing folders, but for the database, which is made by copying a template.

    Raises:
        PostgresFailed: the account of Postgres cannot enter the caller's folder.
    """
    if data is not None:
        data = data.expanduser().absolute()
        data.mkdir(parents=True, exist_ok=True)
        if account is not None and not open_to_others(data):
            raise PostgresFailed(
                f"Postgres cannot run as root, and the account it runs as instead cannot enter {data}. "
                "Choose a folder that other users may enter, or do not run as root."
            )
    temporary = temporary_folder(account)
    keep = data or temporary
    server = keep / "server"
    server.mkdir(mode=0o700, exist_ok=True)
    return Workspace(temporary, keep / "postgres", temporary / "run", server)
