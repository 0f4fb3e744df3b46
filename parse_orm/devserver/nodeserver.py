"""The node process that is Parse Server: told what to be by its first line, asked by the next ones."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from parse_orm.devserver.child import Child
from parse_orm.devserver.errors import DevServerError, NotRunning, PortTaken, ServerFailed, with_log
from parse_orm.devserver.installation import Installation
from parse_orm.devserver.node import Node
from parse_orm.devserver.options import Keys
from parse_orm.devserver.packages import RESOURCES

RECORD = "\x1e"

# Parse Server reads these even when it is given its options by a program (its lib/logger.js, defaults.js).
UNWANTED = ("PARSE_SERVER_", "VERBOSE", "JSON_LOGS", "SILENT")

PORT_REFUSED = {
    "EADDRINUSE": "is taken by another program. Choose another one",
    "EACCES": "is not open to this user. Choose one above 1023",
}


@dataclass(frozen=True)
class Description:
    """What a node process shall serve: the first line for server.mjs.

    `options` are Parse Server's, `socket` is the folder of Postgres' socket, `port` 0 means any, `cloud` is a
    file of cloud code, `files` the folder of uploads below "files" in the working folder.
    """

    options: Mapping[str, Any] = field(repr=False)
    socket: str
    port: int = 0
    cloud: str | None = None
    files: str = "uploads"


def node_environment(environ: Mapping[str, str], cache: Path) -> dict[str, str]:
    """Build the environment of node: ours, less what would change the server behind our back.

    Args:
        environ: the caller's environment.
        cache: where node (22.1 and later) may keep compiled code between starts.

    Returns:
        A new mapping.
    """
    kept = {name: value for name, value in environ.items() if not name.startswith(UNWANTED)}
    return {"NODE_COMPILE_CACHE": str(cache / "node-code"), **kept}


class NodeServer:
    """Spawn node at once, so that it loads Parse Server while Postgres starts; `start` says what to serve.

    Args:
        node: the node to run.
        packages: the folder that holds node_modules.
        folder: the working folder; Parse Server makes "logs" and "files" there.
        environ: its environment.
        secrets: texts to blank in the log.
    """

    def __init__(
        self, node: Node, packages: Path, folder: Path, environ: Mapping[str, str], secrets: tuple[str, ...]
    ) -> None:
        self._answers: dict[int, dict[str, Any]] = {}
        self._greeting: dict[str, Any] = {}
        self._numbers = itertools.count(1)
        self._writing = threading.Lock()
        self._child = Child(
            [str(node.path), str(RESOURCES / "server.mjs"), str(packages)],
            folder=folder,
            environ=environ,
            secrets=secrets,
            on_line=self._is_answer,
        )

    @property
    def running(self) -> bool:
        """True while the process lives."""
        return not self._child.ended

    @property
    def pid(self) -> int:
        """The process id of node."""
        return self._child.pid

    @property
    def lines(self) -> list[str]:
        """The last lines of its log, oldest first."""
        return self._child.lines

    def start(self, description: Description, timeout: float) -> int:
        """Send the description and wait until the server answers requests.

        Args:
            description: what to serve.
            timeout: seconds.

        Returns:
            The port it listens on.

        Raises:
            PortTaken: another program listens there.
            ServerFailed: with the last lines of its log.
        """
        with contextlib.suppress(BrokenPipeError):
            self._child.write_line(json.dumps(asdict(description)))
        ready = self._child.wait_until(lambda: bool(self._greeting), timeout)
        if self._greeting.get("ready"):
            return int(self._greeting["port"])
        silent = not ready and self.running
        self.stop()
        raise self._failure(description.port, f"was not ready after {timeout:g} s" if silent else "did not start")

    def ask(self, command: str, timeout: float = 30.0, **details: Any) -> Any:
        """Send a command and wait for its answer.

        Args:
            command: a name in the COMMANDS of server.mjs.
            timeout: seconds.
            **details: what the command takes, in JSON values.

        Returns:
            The result, in JSON values.

        Raises:
            NotRunning: the process is over.
            ServerFailed: it ended meanwhile, did not answer in time, or refused the command.
        """
        number = next(self._numbers)
        line = json.dumps({"id": number, "command": command, **details})
        try:
            with self._writing:
                self._child.write_line(line)
        except (BrokenPipeError, ValueError) as error:
            raise NotRunning(f"Parse Server is not running, so it cannot do: {command}.") from error
        if not self._child.wait_until(lambda: number in self._answers, timeout):
            state = "ended" if self._child.ended else f"gave no answer for {timeout:g} s"
            raise ServerFailed(with_log(f"Parse Server {state} while it was asked for: {command}.", self.lines))
        answer = self._answers.pop(number)
        if "error" in answer:
            raise ServerFailed(f"Parse Server could not do {command}: {answer['error']}")
        return answer["result"]

    def stop(self) -> None:
        """End it by closing its stdin; 0.02 s."""
        self._child.end()

    def kill(self) -> None:
        """End it as a crash would: SIGKILL."""
        self._child.kill()

    def _is_answer(self, line: str) -> bool:
        _, separator, text = line.partition(RECORD)
        if not separator:
            return False
        try:
            answer: dict[str, Any] = json.loads(text)
        except ValueError:
            return False
        if "id" in answer:
            self._answers[answer["id"]] = answer
        else:
            self._greeting = answer
        return True

    def _failure(self, port: int, state: str) -> DevServerError:
        code = self._greeting.get("code")
        if code in PORT_REFUSED:
            return PortTaken(f"Port {port} {PORT_REFUSED[code]}, or port=0 for any free one.")
        reason = f": {self._greeting['error']}" if "error" in self._greeting else "."
        return ServerFailed(with_log(f"Parse Server {state}{reason}", self.lines))


def spawn_node(installation: Installation, folder: Path, keys: Keys) -> NodeServer:
    """Spawn node on an installation.

    Args:
        installation: the parts.
        folder: the working folder.
        keys: blanked in its log.

    Returns:
        A process that waits for its description.
    """
    environ = node_environment(os.environ, installation.cache)
    return NodeServer(installation.node, installation.packages, folder, environ, keys.secret())
