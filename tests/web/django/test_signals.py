"""What a project hears of its sessions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from parse_orm.contrib.django.conf import session_config
from parse_orm.contrib.django.signals import session_revoked, session_started
from parse_orm.web import SessionConfig, SessionEvent

PAGE = "/account/sessions"


@pytest.fixture
def heard() -> Iterator[list[tuple[Any, ...]]]:
    told: list[tuple[Any, ...]] = []

    def started(sender: Any, user_id: str, session_id: str, **_: Any) -> None:
        told.append(("started", user_id, session_id))

    def revoked(sender: Any, user_id: str, session_id: str | None, reason: str, **_: Any) -> None:
        told.append((reason, user_id, session_id))

    session_started.connect(started)
    session_revoked.connect(revoked)
    yield told
    session_started.disconnect(started)
    session_revoked.disconnect(revoked)


def signed_in() -> tuple[Client, str]:
    browser = Client()
    browser.get("/bind?id=u1")
    return browser, str(browser.cookies["sessionid"].value.partition(".")[0])


def test_a_login_and_each_way_out_are_told_with_public_ids_alone(heard: list[Any]) -> None:
    (browser, mine), (_, other) = signed_in(), signed_in()
    browser.post(f"{PAGE}/{other}/revoke")
    browser.post(f"{PAGE}/revoke-others")
    browser.post(f"{PAGE}/{mine}/revoke")
    assert heard == [
        ("started", "u1", mine),
        ("started", "u1", other),
        ("revoked", "u1", other),
        ("revoked", "u1", None),
        ("signed_out", "u1", mine),
    ]


def test_the_cap_is_a_reason(project: Any, heard: list[Any]) -> None:
    project.PARSE_SESSION_CONFIG = SessionConfig(cookie_name="sessionid", max_sessions_per_user=1)
    _, first = signed_in()
    signed_in()
    assert ("evicted_by_limit", "u1", first) in heard


def test_an_operator_at_the_prompt_is_a_reason(heard: list[Any]) -> None:
    signed_in()
    call_command("parse_sessions", "revoke", "u1", "--no-parse", verbosity=0)
    assert heard[-1] == ("ended_by_admin", "u1", None)


def test_a_changed_password_ends_the_others_and_a_new_cookie_ends_nothing(heard: list[Any]) -> None:
    tell = session_config().on_event
    assert tell is not None
    tell(SessionEvent("rotated", "u1", "s1"))
    tell(SessionEvent("password_changed", "u1", "s1"))
    assert heard == [("password_changed", "u1", None)]


def test_on_event_of_the_config_hears_it_too(project: Any, heard: list[Any]) -> None:
    events: list[SessionEvent] = []
    project.PARSE_SESSION_CONFIG = SessionConfig(cookie_name="sessionid", on_event=events.append)
    _, id = signed_in()
    assert (events, heard) == ([SessionEvent("signed_in", "u1", id)], [("started", "u1", id)])


def test_a_receiver_that_fails_keeps_nobody_out(heard: list[Any]) -> None:
    def fails(sender: Any, **_: Any) -> None:
        raise RuntimeError("the mail server is away")

    session_started.connect(fails)
    try:
        browser, _ = signed_in()
    finally:
        session_started.disconnect(fails)
    assert browser.get("/read").status_code == 200
    assert heard[0][0] == "started"
