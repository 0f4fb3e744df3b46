"""The conversation with node: its first answer, its later ones, and every way it can fall silent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from parse_orm.devserver import NotRunning, PortTaken, ServerFailed
from parse_orm.devserver.node import Node
from parse_orm.devserver.nodeserver import Description, NodeServer, node_environment

MARK = r"\036"
READY = f"""printf '{MARK}{{"ready":true,"port":4321}}\\n'"""


@pytest.fixture
def node_that(tmp_path: Path) -> Callable[[str], NodeServer]:
    """A NodeServer whose node is a shell script."""

    def make(script: str) -> NodeServer:
        program = tmp_path / "node"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return NodeServer(Node(program, "24.11.0", ()), tmp_path, tmp_path, {"PATH": "/usr/bin:/bin"}, ())

    return make


DESCRIPTION = Description({"masterKey": "s3cret"}, socket="/tmp/run", port=80)


def test_options_with_keys_are_in_no_repr() -> None:
    assert "s3cret" not in repr(DESCRIPTION)


def test_the_port_is_what_node_says(node_that: Callable[[str], NodeServer]) -> None:
    server = node_that(f"read line; {READY}; read line")

    assert server.start(DESCRIPTION, 10) == 4321
    assert server.running
    assert server.pid > 0
    server.stop()
    assert not server.running


def test_a_forbidden_port_says_which_are_open(node_that: Callable[[str], NodeServer]) -> None:
    server = node_that(f"""read line; printf '{MARK}{{"ready":false,"code":"EACCES","error":"no"}}\\n'""")

    with pytest.raises(PortTaken, match=r"Port 80 is not open to this user\. Choose one above 1023"):
        server.start(DESCRIPTION, 10)


def test_a_node_that_is_slow_is_stopped_and_its_log_shown(node_that: Callable[[str], NodeServer]) -> None:
    server = node_that("echo loading; read line; read line")

    with pytest.raises(ServerFailed, match=r"was not ready after 0\.3 s\.\nLast lines of its log:\n  loading"):
        server.start(DESCRIPTION, 0.3)
    assert not server.running


def test_a_node_that_ends_without_a_word_says_that_too(node_that: Callable[[str], NodeServer]) -> None:
    with pytest.raises(ServerFailed, match=r"did not start\.\nIt wrote no log\."):
        node_that("exit 1").start(DESCRIPTION, 10)


def test_a_command_that_fails_carries_the_reason(node_that: Callable[[str], NodeServer]) -> None:
    server = node_that(f"""read line; {READY}; read line; printf '{MARK}{{"id":1,"error":"no room"}}\\n'; read line""")
    server.start(DESCRIPTION, 10)

    with pytest.raises(ServerFailed, match="could not do reset: no room"):
        server.ask("reset")
    server.stop()


def test_a_command_without_an_answer_does_not_wait_for_ever(node_that: Callable[[str], NodeServer]) -> None:
    server = node_that(f"read line; {READY}; read line; read line")
    server.start(DESCRIPTION, 10)

    with pytest.raises(ServerFailed, match=r"gave no answer for 0\.1 s while it was asked for: outbox"):
        server.ask("outbox", timeout=0.1)
    server.stop()
    with pytest.raises(NotRunning, match="cannot do: outbox"):
        server.ask("outbox")


def test_a_node_that_ends_in_the_middle_is_told_apart(node_that: Callable[[str], NodeServer]) -> None:
    server = node_that(f"read line; {READY}; read line; echo bye")
    server.start(DESCRIPTION, 10)

    with pytest.raises(ServerFailed, match=r"ended while it was asked for: outbox\.\n.*\n  bye"):
        server.ask("outbox")
    server.stop()


def test_a_mark_printed_by_cloud_code_is_only_a_line_of_log(node_that: Callable[[str], NodeServer]) -> None:
    server = node_that(f"printf '{MARK}not json\\n'; read line; {READY}; read line")
    server.start(DESCRIPTION, 10)

    assert any("not json" in line for line in server.lines)
    server.stop()


def test_settings_of_another_parse_server_do_not_reach_ours() -> None:
    environ = {"PARSE_SERVER_MASTER_KEY": "x", "VERBOSE": "1", "HOME": "/home/ann"}

    assert node_environment(environ, Path("/cache")) == {
        "HOME": "/home/ann",
        "NODE_COMPILE_CACHE": "/cache/node-code",
    }
