"""Installing: two processes on an empty cache both succeed, and no network is said in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from parse_orm.devserver import RegistryUnreachable, packages
from parse_orm.devserver.node import find_node

pytestmark = [pytest.mark.live, pytest.mark.slow]

START = """
from parse_orm.devserver import DevServer
with DevServer() as server:
    print(server.port > 0)
"""


def test_two_processes_on_an_empty_cache_share_one_installation(public_folder: Path) -> None:
    environ = {**os.environ, "PARSE_ORM_CACHE": str(public_folder / "cache")}
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", START],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [worker.communicate(timeout=180) for worker in workers]

    assert [out for out, _ in said] == ["True\n", "True\n"]
    progress = "".join(err for _, err in said)
    assert progress.count("installing parse-server 9.10.0 (about 20 s, once) ...\n") == 1
    assert "installing parse-server 9.10.0 (about 20 s, once) ... 1 s" in progress
    assert "waiting for another process that is installing ..." in progress
    kept = sorted(path.name.split("-")[0] for path in (public_folder / "cache/devserver").iterdir())
    assert [name for name in kept if name not in {"postgres", "node"}] == ["parse"] * 2 + ["template"] * 2


def test_an_unreachable_registry_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    # Port 9 of loopback: nobody listens. The login must not show.
    monkeypatch.setenv("npm_config_registry", "http://ann:s3cret@127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    node = find_node(packages.engines(), os.environ)

    with pytest.raises(RegistryUnreachable, match="ECONNREFUSED") as caught:
        packages.install(node, tmp_path / "cache", lambda line: None)

    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not packages.installed_folder(tmp_path / "cache").exists()
