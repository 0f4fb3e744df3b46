"""One Postgres on a unix socket, for one dev server: no port, no password, nothing to configure."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from parse_orm.devserver import guard
from parse_orm.devserver.binaries import Account
from parse_orm.devserver.child import Child
from parse_orm.devserver.errors import NotRunning, PostgresFailed, with_log

READY = "database system is ready to accept connections"

# A socket address holds 107 bytes on Linux, 103 on macOS; the name in the folder is /.s.PGSQL.5432.
LONGEST_FOLDER = 103 - len("/.s.PGSQL.5432")

SETTINGS = {
    # Test data may be lost in a power cut; without these three a start takes 0.1 s less, a commit 2 ms less.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "50",
    "shared_buffers": "32MB",
    "max_wal_size": "128MB",
    "min_wal_size": "32MB",
    "lc_messages": "C",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
}

INITDB = (
    "-U",
    "postgres",
    "-A",
    "trust",
    "-E",
    "UTF8",
    "--locale=C",
    "--no-sync",
    "--wal-segsize=1",
    "--no-instructions",
)


class Identity(TypedDict, total=False):
    """The arguments of subprocess that change the user."""

    user: int
    group: int
    extra_groups: Sequence[int]


@dataclass(frozen=True)
class Programs:
    """Where the Postgres programs are, and who runs them (None: ourselves)."""

    folder: Path
    account: Account | None

    def identity(self) -> Identity:
        """Give subprocess the account.

        Returns:
            No arguments for an ordinary user.
        """
        if self.account is None:
            return {}
        return {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}

    def own(self, folder: Path) -> None:
        """Make a folder, closed to other users, that belongs to the account.

        Args:
            folder: its parent exists.
        """
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.account is not None:
            os.chown(folder, self.account.uid, self.account.gid)


def initdb(programs: Programs, data: Path) -> None:
    """Make a new data folder; 0.4 s.

    Args:
        programs: the Postgres to use.
        data: a folder that does not exist; its parent may be entered by the account.

    Raises:
        PostgresFailed: with the last lines of what initdb said.
    """
    programs.own(data)
    done = subprocess.run(
        [str(programs.folder / "initdb"), "-D", str(data), *INITDB],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        cwd=data,
        **programs.identity(),
    )
    if done.returncode:
        raise PostgresFailed(with_log(f"Postgres could not make the data folder {data}.", done.stdout.splitlines()))


class Postgres:
    """A Postgres server over one data folder.

    Args:
        programs: the Postgres to use.
        data: its data folder, made by `initdb` or copied from a template.
        run: a short path for the socket; made when missing.
        temporary: a folder to delete if our process dies without stopping it, or None.
    """

    def __init__(self, programs: Programs, data: Path, run: Path, temporary: Path | None = None) -> None:
        self.socket = run
        self._programs = programs
        self._data = data
        self._temporary = temporary
        self._child: Child | None = None

    def __repr__(self) -> str:
        return f"<Postgres {self._data} {'running' if self.running else 'stopped'}>"

    @property
    def running(self) -> bool:
        """True while its process lives."""
        return self._child is not None and not self._child.ended

    @property
    def lines(self) -> list[str]:
        """The last lines of its log, oldest first."""
        return self._child.lines if self._child else []

    def start(self, timeout: float = 20.0) -> None:
        """Start it and wait until it accepts connections; 0.05 s on a clean data folder.

        Args:
            timeout: seconds; recovery after a crash needs more than a clean start.

        Raises:
            PostgresFailed: with the last lines of its log.
        """
        if self.running:
            return
        if len(os.fsencode(self.socket)) > LONGEST_FOLDER:
            raise PostgresFailed(
                f"The folder {self.socket} is too long for a unix socket ({LONGEST_FOLDER} bytes at most). "
                "Set TMPDIR to a shorter path."
            )
        self._programs.own(self.socket)
        child = self._child = Child(self._guarded(), folder=Path("/"))
        if child.wait_until(lambda: any(READY in line for line in child.lines), timeout):
            return
        self.stop()
        raise PostgresFailed(with_log(f"Postgres did not start on {self._data}.", child.lines))

    def stop(self) -> None:
        """Stop it and wait for that; nothing happens when it is not running."""
        child = self._child
        if child is None:
            return
        with contextlib.suppress(BrokenPipeError, ValueError):
            child.write_line("stop")
        child.end()

    def sql(self, text: str) -> list[list[str]]:
        """Run statements with the wheel's psql.

        Args:
            text: one or more statements; several run in one transaction.

        Returns:
            The rows of the results, each value as text; NULL is an empty text.

        Raises:
            NotRunning: it is stopped.
            PostgresFailed: with what Postgres said about the statement.
        """
        if not self.running:
            raise NotRunning("Postgres is stopped; call start_database() first.")
        options = (
            "-X",
            "-q",
            "-1",
            "--csv",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-U",
            "postgres",
            "-d",
            "postgres",
        )
        done = subprocess.run(
            [str(self._programs.folder / "psql"), "-h", str(self.socket), *options, "-f", "-"],
            input=text,
            capture_output=True,
            encoding="utf-8",
            cwd="/",
        )
        if done.returncode:
            raise PostgresFailed(f"Postgres refused the statement: {done.stderr.strip()}")
        return list(csv.reader(io.StringIO(done.stdout)))

    def _guarded(self) -> list[str]:
        settings = {**SETTINGS, "unix_socket_directories": str(self.socket)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        account = self._programs.account
        order: guard.Order = {
            "command": [str(self._programs.folder / "postgres"), "-D", str(self._data), *options],
            "account": [account.uid, account.gid] if account else None,
            "folder": str(self._data),
            "remove": str(self._temporary) if self._temporary else None,
        }
        return [sys.executable, "-I", "-S", guard.__file__, json.dumps(order)]
