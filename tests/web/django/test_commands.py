"""What operators do at a prompt."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from parse_orm.web import MemoryStore


def prompt(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_the_sessions_of_a_user_are_listed_without_secrets(store: MemoryStore) -> None:
    browser = Client()
    browser.get("/bind?id=u1", headers={"user-agent": "Mozilla/5.0 (Macintosh) Chrome/126"})
    id, _, secret = browser.cookies["sessionid"].value.partition(".")
    listed = prompt("parse_sessions", "list", "u1")
    assert id in listed
    assert "Chrome on macOS" in listed
    assert secret not in listed
    assert prompt("parse_sessions", "list", "u2") == ""


def test_revoking_ends_every_session_of_one_user(store: MemoryStore) -> None:
    for id in ("u1", "u1", "u2"):
        Client().get(f"/bind?id={id}")
    assert prompt("parse_sessions", "revoke", "u1", "--no-parse") == "2 sessions ended\n"
    assert [record.user_id for record in store.list_for_user("u2")] == ["u2"]
    assert store.list_for_user("u1") == []


def test_what_cannot_be_done_is_said_without_a_traceback(project: Any) -> None:
    with pytest.raises(CommandError, match="user"):
        prompt("parse_sessions", "list", " ")


@pytest.mark.parametrize("words", [(), ("burn",), ("list",)])
def test_a_wrong_command_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        prompt("parse_sessions", *words)
