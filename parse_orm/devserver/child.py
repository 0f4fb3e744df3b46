"""A child process with its last log lines at hand, and no secret in them."""

from __future__ import annotations

import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO

KEPT_LINES = 200
HIDDEN = "[hidden]"


class Child:
    """Start a program; read its output into a ring buffer, line by line.

    It runs in a session of its own: Ctrl-C reaches the Python program, which then stops it in order.

    Args:
        command: program and arguments.
        folder: the working folder.
        environ: its environment; None means ours.
        secrets: texts to blank in the log.
        on_line: sees each line first; a line for which it answers True is not logged.
    """

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        environ: Mapping[str, str] | None = None,
        secrets: Iterable[str] = (),
        on_line: Callable[[str], bool] = lambda line: False,
    ) -> None:
        self._secrets = tuple(secrets)
        self._on_line = on_line
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._changed = threading.Condition()
        self._ended = False
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin: IO[bytes] = self._process.stdin
        self._reader = threading.Thread(
            target=self._read, args=(self._process.stdout,), name="parse_orm.devserver log", daemon=True
        )
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """True once the process is over and all of its output was read."""
        return self._ended

    @property
    def lines(self) -> list[str]:
        """The last log lines, oldest first."""
        with self._changed:
            return list(self._lines)

    def write_line(self, text: str) -> None:
        """Send one line to its stdin.

        Args:
            text: the line, without the newline.

        Raises:
            BrokenPipeError: the process is over.
        """
        self._stdin.write(text.encode() + b"\n")
        self._stdin.flush()

    def wait_until(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait until something that depends on the output is true, or the process is over.

        Args:
            condition: looked at after each line and at the end.
            timeout: seconds.

        Returns:
            What the condition said last.
        """
        with self._changed:
            self._changed.wait_for(lambda: condition() or self._ended, timeout)
            return condition()

    def wait(self, timeout: float) -> bool:
        """Wait for the end of the process.

        Args:
            timeout: seconds.

        Returns:
            True when it ended in time.
        """
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        self._reader.join(timeout=1)
        return True

    def close_stdin(self) -> None:
        """Close its stdin: our children take that as the sign to end."""
        try:
            self._stdin.close()
        except BrokenPipeError:
            return

    def kill(self) -> None:
        """End it at once (SIGKILL) and wait for that."""
        self._process.kill()
        self._process.wait()
        self._reader.join(timeout=1)
        self.close_stdin()

    def end(self, timeout: float = 5.0) -> None:
        """Close its stdin, wait, and kill it only if it does not go.

        Args:
            timeout: seconds it may take.
        """
        self.close_stdin()
        if not self.wait(timeout):
            self.kill()

    def _read(self, stream: IO[bytes]) -> None:
        with stream:
            for raw in stream:
                line = raw.decode("utf-8", "replace").rstrip()
                logged = not self._on_line(line)
                with self._changed:
                    if logged and line:
                        self._lines.append(self._blank(line))
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _blank(self, line: str) -> str:
        for secret in self._secrets:
            line = line.replace(secret, HIDDEN)
        return line
