"""A database that Parse Server has already set up, made once and copied for each new server."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from parse_orm.devserver.cache import make_once
from parse_orm.devserver.errors import PostgresFailed
from parse_orm.devserver.installation import Installation
from parse_orm.devserver.nodeserver import Description, spawn_node
from parse_orm.devserver.options import Keys, server_options
from parse_orm.devserver.packages import fingerprint
from parse_orm.devserver.postgres import Postgres, Programs, initdb
from parse_orm.devserver.progress import Progress
from parse_orm.devserver.workspace import open_workspace


def copy_tree(source: Path, target: Path) -> None:
    """Copy a data folder with its owner and permissions: `cp -Rp`, three times as fast as shutil.

    A copy that was interrupted leaves no `target`.

    Args:
        source: a data folder that no Postgres uses.
        target: a path that does not exist.

    Raises:
        PostgresFailed: with what cp said, such as a full disk.
    """
    unfinished = target.with_name(f"{target.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    command = ["cp", "-Rp", str(source), str(unfinished)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise PostgresFailed(f"The data folder {target} could not be made: {done.stderr.strip()}")
    unfinished.rename(target)


def template_folder(cache: Path, programs: Programs) -> Path:
    """Tell where the template is, or will be.

    Args:
        cache: the cache folder of the dev server.
        programs: the Postgres that will read it.

    Returns:
        A folder named after the Postgres, the owner and what is installed.
    """
    owner = programs.account.uid if programs.account else "own"
    return cache / f"template-{programs.folder.parent.name}-{owner}-{fingerprint()}"


def prepare(installation: Installation, progress: Progress) -> Path:
    """Make sure that there is a database to copy; about 2 seconds the first time, nothing later.

    Args:
        installation: the parts.
        progress: told when another process is at work.

    Returns:
        A data folder in which Parse Server has made its tables.

    Raises:
        PostgresFailed: Postgres did not start.
        ServerFailed: Parse Server did not start.
    """
    folder = template_folder(installation.cache, installation.programs)
    make_once(folder, lambda fresh: make_template(installation, fresh / "data"), progress)
    return folder / "data"


def make_template(installation: Installation, target: Path) -> None:
    """Let Postgres and Parse Server set up a database, then keep its files.

    Args:
        installation: the parts.
        target: a path that does not exist.

    Raises:
        PostgresFailed: Postgres did not start.
        ServerFailed: Parse Server did not start.
    """
    workspace = open_workspace(None, installation.programs.account)
    try:
        set_up(installation, workspace.database, workspace.run, workspace.server)
        copy_tree(workspace.database, target)
    finally:
        workspace.remove()


def set_up(installation: Installation, data: Path, run: Path, folder: Path) -> None:
    """Start both servers once over a new data folder, then stop them.

    Args:
        installation: the parts.
        data: the data folder to make.
        run: the folder for the socket.
        folder: the working folder for node.

    Raises:
        PostgresFailed: Postgres did not start.
        ServerFailed: Parse Server did not start.
    """
    keys = Keys()
    postgres = Postgres(installation.programs, data, run, temporary=data.parent)
    node = spawn_node(installation, folder, keys)
    try:
        initdb(installation.programs, data)
        postgres.start()
        node.start(Description(server_options(keys, (), {}), socket=str(run)), timeout=60.0)
    finally:
        node.stop()
        postgres.stop()
