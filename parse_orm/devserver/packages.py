"""Parse Server, installed by npm from our lockfile into the cache, once."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from parse_orm.devserver.cache import make_once
from parse_orm.devserver.errors import InstallFailed, NoSuitableNode, RegistryUnreachable
from parse_orm.devserver.node import WHEEL, Node
from parse_orm.devserver.progress import Progress, ticking

RESOURCES = Path(__file__).parent / "resources"
MANIFEST = ("package.json", "package-lock.json", ".npmrc")
NPM_CI = ("ci", "--ignore-scripts", "--omit=optional", "--omit=peer", "--no-audit", "--no-fund")

# npm's own patience is two minutes; a developer without a network should not wait that long.
PATIENCE = {
    "npm_config_fetch_retries": "2",
    "npm_config_fetch_retry_mintimeout": "1000",
    "npm_config_fetch_retry_maxtimeout": "4000",
    "npm_config_update_notifier": "false",
}

# Of node (network, certificates) and of npm (E and an HTTP status): no registry, or one that refused us.
NETWORK_CODES = frozenset(
    (
        *("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "EHOSTUNREACH"),
        *("ERR_SOCKET_TIMEOUT", "FETCH_ERROR", "EPROTO", "ENOTCACHED", "CERT_HAS_EXPIRED"),
        *("SELF_SIGNED_CERT_IN_CHAIN", "DEPTH_ZERO_SELF_SIGNED_CERT"),
        *("UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"),
        *("E401", "E403", "E404", "E407", "E429", "E500", "E502", "E503", "E504"),
    )
)


@functools.cache
def lockfile() -> dict[str, Any]:
    """Read the committed lockfile.

    Returns:
        Its JSON as Python values.
    """
    content: dict[str, Any] = json.loads((RESOURCES / "package-lock.json").read_bytes())
    return content


def server_package() -> dict[str, Any]:
    """Look Parse Server up in the lockfile.

    Returns:
        The entry with its "version" and "engines".
    """
    entry: dict[str, Any] = lockfile()["packages"]["node_modules/parse-server"]
    return entry


def server_version() -> str:
    """Tell which Parse Server the lockfile pins.

    >>> server_version().count(".")
    2

    Returns:
        Such as "9.10.0".
    """
    return str(server_package()["version"])


def engines() -> str:
    """Tell which versions of node that Parse Server accepts.

    Returns:
        The ranges of its package.json.
    """
    return str(server_package()["engines"]["node"])


@functools.cache
def fingerprint() -> str:
    """Name what is installed: the same twelve letters for the same manifest and npm options.

    Returns:
        Hexadecimal digits; useful as the key of a CI cache.
    """
    digest = hashlib.sha256(" ".join(NPM_CI).encode())
    for name in MANIFEST:
        digest.update((RESOURCES / name).read_bytes())
    return digest.hexdigest()[:12]


def without_credentials(text: str) -> str:
    """Blank whatever in a line of npm could be a secret: logins in addresses, tokens, queries.

    >>> without_credentials("GET https://ann:pw@npm.example.com/x?token=1 failed")
    'GET https://npm.example.com/x failed'

    Args:
        text: a line of npm's output.

    Returns:
        The line, fit to be shown.
    """
    text = re.sub(r"(\w+://)[^/\s]*@", r"\1", text)
    text = re.sub(r"(\w+://[^\s?]+)\?\S+", r"\1", text)
    return re.sub(r"(?i)(_auth\w*|token|password)\s*[=:]\s*\S+", r"\1=[hidden]", text)


def npm_failure(output: str) -> InstallFailed:
    """Make the right error of what npm printed.

    Args:
        output: npm's stderr.

    Returns:
        RegistryUnreachable for a network or login code, else InstallFailed; the reason is one line.
    """
    errors = re.findall(r"^npm (?:error|ERR!) ?(.*)$", output, re.MULTILINE)
    codes = [line.removeprefix("code ").strip() for line in errors if line.startswith("code ")]
    telling = [line for line in errors if line.strip() and not re.match(r"(code|errno|syscall|A complete log)\b", line)]
    reason = without_credentials(telling[0].strip() if telling else "npm gave no reason")
    code = codes[0] if codes else "no code"
    if code in NETWORK_CODES:
        return RegistryUnreachable(
            f"npm could not fetch Parse Server from its registry ({code}: {reason}). Check the network; "
            "behind a company proxy set npm_config_registry, npm_config_cafile or https_proxy. Then run: "
            "python -m parse_orm.devserver install"
        )
    return InstallFailed(f"npm could not install Parse Server ({code}: {reason}).")


def npm_environment(node: Node, environ: Mapping[str, str]) -> dict[str, str]:
    """Build npm's environment: the caller's, with this node first on PATH.

    HOME is left alone, or the user's ~/.npmrc (registry, certificates) would be lost.

    Args:
        node: the node that npm shall run on.
        environ: the caller's environment; its own npm_config_* settings win.

    Returns:
        A new mapping.
    """
    path = os.pathsep.join([str(node.path.parent), environ.get("PATH", os.defpath)])
    return {**PATIENCE, **environ, "PATH": path}


def npm_ci(node: Node, folder: Path) -> None:
    """Run `npm ci` in a folder that gets our manifest.

    Args:
        node: a node with npm.
        folder: an empty folder.

    Raises:
        NoSuitableNode: the node has no npm.
        InstallFailed: npm ended with an error.
    """
    if not node.npm:
        raise NoSuitableNode(f"{node.path} has no npm beside it. Install npm, or run: {WHEEL}")
    for name in MANIFEST:
        shutil.copy(RESOURCES / name, folder / name)
    done = subprocess.run(
        [*node.npm, *NPM_CI],
        cwd=folder,
        env=npm_environment(node, os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        raise npm_failure(done.stderr)


def installed_folder(cache: Path) -> Path:
    """Tell where Parse Server is, or will be, installed.

    Args:
        cache: the cache folder of the dev server.

    Returns:
        A folder whose node_modules holds Parse Server once it exists.
    """
    return cache / f"parse-server-{server_version()}-{fingerprint()}"


def install(node: Node, cache: Path, progress: Progress) -> Path:
    """Make sure that Parse Server is installed; about 20 seconds the first time, nothing later.

    Args:
        node: a node that fits.
        cache: the cache folder of the dev server.
        progress: told each second how long it has taken.

    Returns:
        The folder that holds node_modules.

    Raises:
        InstallFailed: npm ended with an error.
        CacheUnusable: the cache folder cannot be written.
    """

    def build(folder: Path) -> None:
        with ticking(f"installing parse-server {server_version()} (about 20 s, once)", progress):
            npm_ci(node, folder)

    return make_once(installed_folder(cache), build, progress)
