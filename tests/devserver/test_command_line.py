"""python -m parse_orm.devserver: what each command prints, where keys go, and the exit codes."""

from __future__ import annotations

import os
import pty
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from parse_orm.devserver import DevServer, errors, packages
from parse_orm.devserver import __main__ as command_line
from parse_orm.devserver import doctor as checks

MODULE = (sys.executable, "-m", "parse_orm.devserver")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.NoSuitableNode(), 3),
        (errors.PostgresMissing(), 4),
        (errors.RegistryUnreachable(), 5),
        (errors.PortTaken(), 6),
        (errors.ServerFailed(), 7),
        (errors.PostgresFailed(), 8),
        (errors.CacheUnusable(), 9),
        (errors.InstallFailed(), 10),
        (errors.DevServerError(), 1),
        (FileNotFoundError(), 1),
    ],
)
def test_every_cause_has_its_exit_code(error: Exception, code: int) -> None:
    assert command_line.exit_code(error) == code


def test_no_command_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        command_line.main([])

    assert caught.value.code == 2
    assert "run,install,doctor,where,clean" in capsys.readouterr().err


def test_help_lists_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command_line.main(["--help"])

    assert "6 the port is taken" in " ".join(capsys.readouterr().out.split())


def test_where_prints_the_folders_and_the_key_of_a_ci_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PARSE_ORM_CACHE", str(tmp_path))

    assert command_line.main(["where"]) == 0

    said = capsys.readouterr().out
    assert f"cache        {tmp_path}/devserver" in said
    assert "(not installed yet)" in said
    assert packages.fingerprint() in said


def test_clean_removes_what_we_made_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PARSE_ORM_CACHE", str(tmp_path))
    cache = tmp_path / "devserver"
    (cache / "parse-server-9.10.0-abc" / "node_modules").mkdir(parents=True)
    (cache / "parse-server-9.10.0-abc.lock").touch()
    (cache / "mine").touch()

    assert command_line.main(["clean"]) == 0
    assert [path.name for path in cache.iterdir()] == ["mine"]
    assert "removed 2 entries" in capsys.readouterr().out

    assert command_line.main(["clean"]) == 0
    assert "nothing to remove" in capsys.readouterr().out


def test_an_error_is_one_message_and_its_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["run", "--cloud", str(tmp_path / "none.js")]) == 1

    assert capsys.readouterr().err.startswith("parse_orm.devserver: There is no cloud code at ")


def test_a_private_file_replaces_an_older_one(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("old")
    file.chmod(0o644)

    command_line.write_private(file, ["A=1", "B=2"])

    assert file.read_text() == "A=1\nB=2\n"
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_doctor_reports_each_part_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(progress: object) -> str:
        raise errors.NoSuitableNode("Install node.")

    monkeypatch.setattr(checks, "CHECKS", {"node": fail, "cache": lambda progress: "/cache"})
    found: list[checks.Finding] = []

    assert not checks.examine(found.append, print)
    assert [str(finding) for finding in found] == ["FAIL node: Install node.", "ok   cache: /cache"]


def test_the_doctor_sees_a_cache_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PARSE_ORM_CACHE", str(tmp_path / "file"))

    with pytest.raises(errors.CacheUnusable, match="Set PARSE_ORM_CACHE"):
        checks.check_cache(print)


@pytest.mark.live
def test_the_doctor_finds_this_machine_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["doctor"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "ok   cache",
        "ok   node",
        "ok   postgres",
        "ok   parse-server",
        "ok   start",
    ]


@pytest.mark.live
def test_the_doctor_tries_a_batch_because_that_has_broken_before(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*arguments: object, **options: object) -> object:
        raise OSError("HTTP Error 500")

    monkeypatch.setattr("urllib.request.urlopen", refuse)

    assert command_line.main(["doctor"]) == 1
    assert "FAIL start: The server started, but its /batch route failed" in capsys.readouterr().out


@pytest.mark.live
def test_install_says_where(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["install"]) == 0

    assert "parse-server 9.10.0 is installed in" in capsys.readouterr().out


@pytest.mark.live
def test_run_in_a_pipe_shows_no_key_but_writes_the_file(tmp_path: Path) -> None:
    file = tmp_path / "env"
    process = subprocess.Popen(
        [*MODULE, "run", "--port", "0", "--env-file", str(file)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    first = process.stdout.readline()

    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=10)

    assert first.startswith("PARSE_SERVER_URL=http://127.0.0.1:")
    assert rest == ""
    assert process.returncode == 0
    names = [line.partition("=")[0] for line in file.read_text().splitlines()]
    assert names == ["PARSE_SERVER_URL", "PARSE_APP_ID", "PARSE_REST_API_KEY", "PARSE_MASTER_KEY"]


@pytest.mark.live
def test_run_on_a_terminal_shows_the_keys_and_ends_with_ctrl_c() -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen([*MODULE, "run", "--port", "0"], stdout=theirs, stderr=theirs)
    os.close(theirs)
    screen = ""
    while "PARSE_MASTER_KEY=" not in screen:
        screen += os.read(ours, 1000).decode()

    process.send_signal(signal.SIGINT)

    assert process.wait(10) == 0
    os.close(ours)
    assert "PARSE_REST_API_KEY=" in screen


@pytest.mark.live
def test_run_on_a_taken_port_has_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert command_line.main(["run", "--port", str(port)]) == 6

    assert f"Port {port} is taken" in capsys.readouterr().err


@pytest.mark.live
def test_a_server_that_dies_ends_run_with_its_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(command_line, "announce", lambda server, file: server.kill())

    assert command_line.main(["run", "--port", "0"]) == 7

    signal.signal(signal.SIGTERM, before)
    said = capsys.readouterr().err
    assert "Parse Server ended on its own" in said
    assert "Last lines of its log" in said


@pytest.mark.live
def test_a_pipe_without_a_file_says_how_to_get_the_keys(capsys: pytest.CaptureFixture[str]) -> None:
    with DevServer() as server:
        command_line.announce(server, None)

        out, err = capsys.readouterr()
        assert out == f"PARSE_SERVER_URL={server.url}\n"
        assert "--env-file" in err
