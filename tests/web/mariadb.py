"""A MariaDB of its own for the tests of SQLStore: in a temporary folder, on a socket, without a port or a password."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymysql
import sqlalchemy

INSTALL, DAEMON = shutil.which("mariadb-install-db"), shutil.which("mariadbd", path=f"{os.environ['PATH']}:/usr/sbin")
MISSING = "needs the Debian package mariadb-server, which .ci/run installs"

#: As root it wants to be told that root is meant.
ACCOUNT = ["--user=root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
#: Test data may be lost in a power cut.
SETTINGS = (
    "--skip-networking",
    "--skip-log-bin",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-buffer-pool-size=32M",
)


@contextmanager
def mariadb() -> Iterator[sqlalchemy.URL]:
    """A running server, which is ended at the end of the block; what is given is the URL of an empty database."""
    # Not a folder of pytest: a socket address holds 107 bytes.
    with tempfile.TemporaryDirectory(prefix="mariadb-") as folder:
        data, socket = Path(folder, "data"), Path(folder, "socket")
        place = ["--no-defaults", f"--datadir={data}", *ACCOUNT]
        install = [str(INSTALL), *place, "--auth-root-authentication-method=normal", "--skip-test-db"]
        subprocess.run(install, check=True, capture_output=True, timeout=120)
        with Path(folder, "log").open("wb") as log:
            command = [str(DAEMON), *place, f"--socket={socket}", f"--pid-file={folder}/pid", *SETTINGS]
            server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            _wait_for(server, Path(folder, "log"))
            with pymysql.connect(user="root", unix_socket=str(socket)) as connection, connection.cursor() as cursor:
                # latin1, as servers of old have it: the store's table must not depend on it.
                cursor.execute("CREATE DATABASE sessions CHARACTER SET latin1")
            query = {"unix_socket": str(socket)}
            yield sqlalchemy.URL.create("mysql+pymysql", username="root", database="sessions", query=query)
        finally:
            server.terminate()
            server.wait(60)


def _wait_for(server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while "ready for connections" not in log.read_text():
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"mariadbd does not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.05)
