"""What npm says when it fails, in one line that tells the user what to do and no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from parse_orm.devserver import InstallFailed, RegistryUnreachable, packages
from parse_orm.devserver.node import Node

OFFLINE = """npm error code ENOTFOUND
npm error syscall getaddrinfo
npm error errno ENOTFOUND
npm error network request to https://ann:s3cret@npm.example.com/router?token=s3cret failed, no such host
npm error network This is a problem related to network connectivity.
npm error A complete log of this run can be found in: /home/ann/.npm/_logs/x.log
"""


def test_an_unreachable_registry_is_told_apart_and_shows_no_login() -> None:
    error = packages.npm_failure(OFFLINE)

    assert isinstance(error, RegistryUnreachable)
    assert "ENOTFOUND: network request to https://npm.example.com/router failed" in str(error)
    assert "python -m parse_orm.devserver install" in str(error)
    assert "s3cret" not in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize("code", ["E401", "E404", "ECONNREFUSED", "SELF_SIGNED_CERT_IN_CHAIN"])
def test_a_registry_that_refuses_counts_as_unreachable(code: str) -> None:
    assert isinstance(packages.npm_failure(f"npm ERR! code {code}\nnpm ERR! no\n"), RegistryUnreachable)


def test_another_failure_keeps_its_reason() -> None:
    error = packages.npm_failure("npm error code ENOSPC\nnpm error nospc no space left on device\n")

    assert type(error) is InstallFailed
    assert "ENOSPC: nospc no space left on device" in str(error)


def test_a_silent_failure_is_still_an_error() -> None:
    assert "npm gave no reason" in str(packages.npm_failure(""))


@pytest.mark.parametrize("line", ["_authToken=s3cret", "password: s3cret", "//host/:_auth = s3cret"])
def test_tokens_are_blanked(line: str) -> None:
    assert "s3cret" not in packages.without_credentials(line)


def test_npm_runs_on_the_chosen_node_with_the_users_own_settings() -> None:
    node = Node(Path("/opt/node/bin/node"), "24.11.0", ("npm",))
    environ = {"PATH": "/usr/bin", "HOME": "/home/ann", "npm_config_fetch_retries": "9"}

    made = packages.npm_environment(node, environ)

    assert made["PATH"] == "/opt/node/bin:/usr/bin"
    assert made["HOME"] == "/home/ann"
    assert made["npm_config_fetch_retries"] == "9"


def test_npm_ci_raises_what_npm_said(tmp_path: Path) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'npm error code ECONNREFUSED' >&2\necho 'npm error refused' >&2\nexit 1\n")
    npm.chmod(0o755)
    folder = tmp_path / "folder"
    folder.mkdir()

    with pytest.raises(RegistryUnreachable, match="ECONNREFUSED: refused"):
        packages.npm_ci(Node(tmp_path / "node", "24.11.0", (str(npm),)), folder)

    assert sorted(path.name for path in folder.iterdir()) == [".npmrc", "package-lock.json", "package.json"]
