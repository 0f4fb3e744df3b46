"""`manage.py check`."""

from __future__ import annotations

from typing import Any

from django.core.checks import run_checks

from parse_orm.web import SessionConfig


def ids() -> list[str | None]:
    return [message.id for message in run_checks() if str(message.id).startswith("parse_orm.")]


def test_a_cookie_with_one_name_is_fine(project: Any) -> None:
    assert ids() == []
    project.PARSE_SESSION_CONFIG = SessionConfig(cookie_name="__Host-id")
    project.SESSION_COOKIE_NAME = "__Host-id"
    assert ids() == []


def test_a_cookie_with_two_names_is_a_warning(project: Any) -> None:
    project.PARSE_SESSION_CONFIG = SessionConfig(cookie_name="__Host-id")
    assert ids() == ["parse_orm.W001"]


def test_a_config_that_cannot_be_used_is_an_error(project: Any) -> None:
    project.PARSE_SESSION_CONFIG = "datetime.timedelta"
    assert ids() == ["parse_orm.E001"]


def test_another_engine_is_none_of_our_business(project: Any) -> None:
    project.PARSE_SESSION_CONFIG = SessionConfig(cookie_name="__Host-id")
    project.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    assert ids() == []
