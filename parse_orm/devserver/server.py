"""A real Parse Server for development and tests: no docker, no root, no database to set up."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from parse_orm.devserver import progress as reporting
from parse_orm.devserver.connection import Connection
from parse_orm.devserver.errors import NotRunning
from parse_orm.devserver.installation import Installation, install
from parse_orm.devserver.nodeserver import Description, NodeServer, spawn_node
from parse_orm.devserver.options import Keys, server_options
from parse_orm.devserver.postgres import Postgres
from parse_orm.devserver.template import copy_tree, prepare
from parse_orm.devserver.workspace import Workspace, open_workspace


def cloud_file(cloud: str | os.PathLike[str] | None) -> str | None:
    """Find the file of cloud code that is meant.

    Args:
        cloud: a file, a folder that holds main.js, or None.

    Returns:
        An absolute path, or None.

    Raises:
        FileNotFoundError: there is no such file.
    """
    if cloud is None:
        return None
    path = Path(cloud).expanduser().absolute()
    file = path / "main.js" if path.is_dir() else path
    if not file.is_file():
        raise FileNotFoundError(f"There is no cloud code at {file}.")
    return str(file)


class DevServer:
    """A Parse Server on 127.0.0.1 with a Postgres of its own, alive as long as the block.

    >>> with DevServer() as server:
    ...     server.url == server.config()["server_url"]
    True

    The first start installs Parse Server (about 20 s); later ones take about a second. The keys are random.
    It dies with its parent, even one that was killed. Parse Server 9.10, Postgres 18.

    Args:
        cloud: a file of cloud code, or a folder that holds main.js.
        live_query: class names whose changes LiveQuery reports; "*" means every class. With none, many rows are
            written in half the time.
        data: a folder to keep the data in; None means a temporary one, deleted at the end.
        port: the port to listen on; 0 means any free one.
        options: more options of Parse Server, laid over ours; None as a value takes one away.
        progress: called with a line of text while something takes long; None prints to stderr.
        timeout: seconds that Parse Server may take to start.

    Raises:
        FileNotFoundError: there is no such cloud code.
    """

    def __init__(
        self,
        cloud: str | os.PathLike[str] | None = None,
        *,
        live_query: Sequence[str] = ("*",),
        data: str | os.PathLike[str] | None = None,
        port: int = 0,
        options: Mapping[str, Any] | None = None,
        progress: reporting.Progress | None = None,
        timeout: float = 60.0,
    ) -> None:
        self._cloud = cloud_file(cloud)
        self._live_query = tuple(live_query)
        self._data = None if data is None else Path(data)
        self._wanted_port = port
        self._options = dict(options or {})
        self._progress = progress or reporting.to_stderr
        self._timeout = timeout
        self._keys = Keys()
        self._port = 0
        self._owner = 0
        self._workspace: Workspace | None = None
        self._postgres: Postgres | None = None
        self._node: NodeServer | None = None

    def __repr__(self) -> str:
        return f"<DevServer {self.url if self._port else 'not started'}>"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port it listens on."""
        if not self._port:
            raise NotRunning("The dev server has not been started; call start() or use it in a with block.")
        return self._port

    @property
    def url(self) -> str:
        """The address of the REST API, such as http://127.0.0.1:1337/parse."""
        return f"http://127.0.0.1:{self.port}/parse"

    @property
    def app_id(self) -> str:
        """The application id."""
        return self._keys.app_id

    @property
    def rest_key(self) -> str:
        """The REST API key."""
        return self._keys.rest

    @property
    def master_key(self) -> str:
        """The master key; the server takes it from loopback addresses only."""
        return self._keys.master

    @property
    def maintenance_key(self) -> str:
        """The maintenance key, which may write createdAt and updatedAt."""
        return self._keys.maintenance

    @property
    def running(self) -> bool:
        """True while Parse Server's process lives."""
        return self._node is not None and self._node.running

    def config(self) -> Connection:
        """Give what a client needs, ready for `orm.connect(**server.config())`.

        Returns:
            server_url, app_id, rest_key and master_key.
        """
        return {
            "server_url": self.url,
            "app_id": self.app_id,
            "rest_key": self.rest_key,
            "master_key": self.master_key,
        }

    def start(self) -> Self:
        """Install what is missing and start; about a second when all is installed.

        After `kill`, or a crash, it starts Parse Server again: same address, same keys, same data.

        Returns:
            Itself, answering requests.

        Raises:
            DevServerError: the subclass names the part that failed, the text the cure.
        """
        if self.running:
            return self
        installation = install(self._progress)
        template = prepare(installation, self._progress)
        self._owner = os.getpid()
        self._workspace = self._workspace or open_workspace(self._data, installation.programs.account)
        try:
            self._start(installation, template, self._workspace)
        except BaseException:
            self.stop()
            raise
        return self

    def _start(self, installation: Installation, template: Path, workspace: Workspace) -> None:
        # Node goes first: it loads Parse Server (half a second) while the database is copied and started.
        node = self._node = spawn_node(installation, workspace.server, self._keys)
        if not workspace.database.exists():
            copy_tree(template, workspace.database)
        if self._postgres is None:
            self._postgres = Postgres(installation.programs, workspace.database, workspace.run, workspace.temporary)
        self._postgres.start()
        description = Description(
            options=server_options(self._keys, self._live_query, self._options),
            socket=str(workspace.run),
            port=self._port or self._wanted_port,
            cloud=self._cloud,
        )
        self._port = node.start(description, self._timeout)

    def stop(self) -> None:
        """Stop both processes and delete the temporary folder; 0.2 s, and harmless when repeated."""
        if self._owner != os.getpid():
            return
        if self._node is not None:
            self._node.stop()
        if self._postgres is not None:
            self._postgres.stop()
        if self._workspace is not None:
            self._workspace.remove()
        self._workspace = None
        self._postgres = None
        self._port = 0

    def kill(self) -> None:
        """Kill Parse Server as a crash would (SIGKILL); Postgres lives on until `stop`."""
        self._running_node().kill()

    def stop_database(self) -> None:
        """Stop Postgres under the running Parse Server; `start_database` brings it back with its data."""
        self._running_postgres().stop()

    def start_database(self) -> None:
        """Start Postgres again after `stop_database`.

        Raises:
            PostgresFailed: with the last lines of its log.
        """
        self._running_postgres().start()

    def sql(self, text: str) -> list[list[str]]:
        """Run SQL in the server's database; rows of a class are in the table of its name.

        Args:
            text: one or more statements, run in one transaction.

        Returns:
            The rows, each value as text; NULL is an empty text.

        Raises:
            PostgresFailed: with what Postgres said about the statement.
        """
        return self._running_postgres().sql(text)

    def reset(self, *, classes: bool = False) -> None:
        """Empty the server: rows, files, webhooks, e-mails and cached sessions; a few milliseconds.

        Args:
            classes: also drop the classes and columns that were not there when the server started.

        Raises:
            ServerFailed: with what the server said.
        """
        self._running_node().ask("reset", classes=classes)

    def outbox(self, at_least: int = 0, timeout: float = 5.0) -> list[dict[str, Any]]:
        """List the e-mails that Parse Server would have sent, oldest first.

        Args:
            at_least: wait for so many; Parse Server 9.10 answers a request before it sends the mail.
            timeout: seconds to wait at most; the list may then be shorter.

        Returns:
            A dict each: kind ("password_reset", "verification" or "mail"), to, username, link.
        """
        give_up = time.monotonic() + timeout
        mails: list[dict[str, Any]] = self._running_node().ask("outbox")
        while len(mails) < at_least and time.monotonic() < give_up:
            time.sleep(0.01)
            mails = self._running_node().ask("outbox")
        return mails

    def logs(self) -> list[str]:
        """List the last lines that Postgres and Parse Server wrote, without keys.

        Returns:
            Up to 200 lines of each, those of Postgres first.
        """
        database = [f"postgres: {line}" for line in self._postgres.lines] if self._postgres else []
        return [*database, *(self._node.lines if self._node else [])]

    def _running_node(self) -> NodeServer:
        if self._node is None or self._workspace is None:
            raise NotRunning("The dev server is not running; call start() or use it in a with block.")
        return self._node

    def _running_postgres(self) -> Postgres:
        if self._postgres is None or self._workspace is None:
            raise NotRunning("The dev server is not running; call start() or use it in a with block.")
        return self._postgres
