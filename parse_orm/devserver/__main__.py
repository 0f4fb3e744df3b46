"""The dev server on the command line: python -m parse_orm.devserver run|install|doctor|where|clean.

Exit codes: 0 all is well; 1 something else failed; 2 wrong usage; 3 no suitable node; 4 the Postgres wheel is
missing; 5 the npm registry cannot be reached; 6 the port is taken; 7 Parse Server failed; 8 Postgres failed;
9 the cache folder cannot be used; 10 npm failed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from parse_orm.devserver import errors, packages
from parse_orm.devserver.binaries import wheel_folder
from parse_orm.devserver.cache import current_cache_folder
from parse_orm.devserver.doctor import Finding, examine
from parse_orm.devserver.installation import install
from parse_orm.devserver.progress import to_stderr
from parse_orm.devserver.server import DevServer
from parse_orm.devserver.template import prepare

# Looked up along the class's ancestors, nearest first.
EXIT_CODES: dict[type[BaseException], int] = {
    errors.NoSuitableNode: 3,
    errors.PostgresMissing: 4,
    errors.RegistryUnreachable: 5,
    errors.PortTaken: 6,
    errors.ServerFailed: 7,
    errors.PostgresFailed: 8,
    errors.CacheUnusable: 9,
    errors.InstallFailed: 10,
}

OURS = ("parse-server-*", "template-*", "postgres-*", "node-code")


def exit_code(error: BaseException) -> int:
    """Look up the exit code of an error.

    >>> exit_code(errors.PortTaken("Port 80 is taken."))
    6

    Args:
        error: what stopped the command.

    Returns:
        A number from the table in this module's docstring.
    """
    return next((EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES), 1)


def environment_lines(server: DevServer) -> list[str]:
    """Write a server's address and keys as shell settings, under the names that orm.connect() reads.

    Args:
        server: a started server.

    Returns:
        Lines such as PARSE_APP_ID=dev1234.
    """
    return [
        f"PARSE_SERVER_URL={server.url}",
        f"PARSE_APP_ID={server.app_id}",
        f"PARSE_REST_API_KEY={server.rest_key}",
        f"PARSE_MASTER_KEY={server.master_key}",
    ]


def write_private(path: Path, lines: Sequence[str]) -> None:
    """Write a file that only its owner may read.

    Args:
        path: the file; an older one is replaced.
        lines: its content.
    """
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")


def announce(server: DevServer, env_file: Path | None) -> None:
    """Tell the user how to reach a server; keys go to a terminal or a private file, never into a pipe or log.

    Args:
        server: a started server.
        env_file: where to write the settings, or None.
    """
    lines = environment_lines(server)
    if env_file is not None:
        write_private(env_file, lines)
    shown = lines if sys.stdout.isatty() else lines[:1]
    print("\n".join(shown), flush=True)
    if not sys.stdout.isatty() and env_file is None:
        print("The keys are shown on a terminal only; --env-file FILE writes them to a file.", file=sys.stderr)


def run(arguments: argparse.Namespace) -> int:
    """Run a server until Ctrl-C, SIGTERM or its end.

    Args:
        arguments: port, data, cloud, live_query and env_file.

    Returns:
        0 when it was asked to stop.

    Raises:
        ServerFailed: Parse Server ended on its own.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with DevServer(
            cloud=arguments.cloud,
            live_query=arguments.live_query or ("*",),
            data=arguments.data,
            port=arguments.port,
        ) as server:
            announce(server, arguments.env_file)
            while server.running:
                time.sleep(0.2)
            raise errors.ServerFailed(errors.with_log("Parse Server ended on its own.", server.logs()))
    except KeyboardInterrupt:
        return 0


def install_all(arguments: argparse.Namespace) -> int:
    """Install Parse Server and make the template database, so that later starts need no network.

    Args:
        arguments: none are used.

    Returns:
        0.
    """
    prepare(install(to_stderr), to_stderr)
    print(f"parse-server {packages.server_version()} is installed in {current_cache_folder()}")
    return 0


def doctor(arguments: argparse.Namespace) -> int:
    """Check each part and print what was found.

    Args:
        arguments: none are used.

    Returns:
        0 when all is well, else 1.
    """

    def report(finding: Finding) -> None:
        print(finding, flush=True)

    return 0 if examine(report, to_stderr) else 1


def where(arguments: argparse.Namespace) -> int:
    """Print where things are, and the key that a CI cache of them needs.

    Args:
        arguments: none are used.

    Returns:
        0.
    """
    cache = current_cache_folder()
    installed = packages.installed_folder(cache)
    print(f"cache        {cache}")
    print(f"parse-server {installed}{'' if installed.is_dir() else ' (not installed yet)'}")
    print(f"postgres     {wheel_folder()}")
    print(f"cache key    {packages.fingerprint()}")
    return 0


def clean(arguments: argparse.Namespace) -> int:
    """Delete what was installed; the next start installs it again.

    Args:
        arguments: none are used.

    Returns:
        0.
    """
    cache = current_cache_folder()
    found = sorted(path for pattern in OURS for path in cache.glob(pattern))
    for path in found:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    print(f"removed {len(found)} entries from {cache}" if found else f"nothing to remove in {cache}")
    return 0


Command = Callable[[argparse.Namespace], int]
COMMANDS: dict[str, tuple[Command, str]] = {
    "run": (run, "run a server until Ctrl-C and print its address and keys"),
    "install": (install_all, "install Parse Server into the cache, for CI and offline work"),
    "doctor": (doctor, "check each part and say what to do about those that fail"),
    "where": (where, "print where things are kept"),
    "clean": (clean, "delete what was installed"),
}


def arguments_parser() -> argparse.ArgumentParser:
    """Build the parser of the command line.

    Returns:
        A parser; its result has "command" and the options of it.
    """
    parser = argparse.ArgumentParser(
        prog="python -m parse_orm.devserver",
        description="A real Parse Server for development and tests.",
        epilog=(__doc__ or "").partition("\n\n")[2],
    )
    commands = parser.add_subparsers(dest="command", required=True)
    parsers = {name: commands.add_parser(name, help=text) for name, (_, text) in COMMANDS.items()}
    options = parsers["run"]
    options.add_argument("--port", type=int, default=1337, help="port to listen on; 0 means any free one")
    options.add_argument("--data", type=Path, help="folder to keep the data in; without it they are deleted")
    options.add_argument("--cloud", type=Path, help="file of cloud code, or a folder that holds main.js")
    options.add_argument("--live-query", action="append", metavar="CLASS", help="class for LiveQuery; default all")
    options.add_argument("--env-file", type=Path, help="write address and keys to this file, for its owner only")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the arguments; None means those of the process.

    Returns:
        The exit code, as listed in this module's docstring.
    """
    arguments = arguments_parser().parse_args(argv)
    command, _ = COMMANDS[arguments.command]
    try:
        return command(arguments)
    except (errors.DevServerError, FileNotFoundError) as error:
        print(f"parse_orm.devserver: {error}", file=sys.stderr)
        return exit_code(error)


if __name__ == "__main__":
    sys.exit(main())
