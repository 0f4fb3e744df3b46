"""The example site in Flask does what its pages promise."""

from __future__ import annotations

import re
from typing import Any

import pytest

import parse_orm as orm
from examples.flask_site.app import create_app


@pytest.fixture
def site(parse_client: Any) -> Any:
    orm.User.signup("admin", "admin").logout()
    return create_app("s" * 32, secure=False)


def submit(client: Any, page: str, to: str | None = None, **fields: str) -> Any:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return client.post(to or page, data={"csrf": found[1], **fields}, follow_redirects=True)


def test_sign_up_log_out_and_log_in(site: Any) -> None:
    client = site.test_client()
    assert "Hello, ann" in submit(client, "/signup", name="ann", password="pw").text
    assert "Your devices" in client.get("/account/sessions/").text
    assert "Sign up" in submit(client, "/", "/logout").text
    assert submit(client, "/login", name="ann", password="wrong").status_code == 403
    assert submit(client, "/signup", name="ann", password="pw").status_code == 400
    assert "Hello, ann" in submit(client, "/login", name="ann", password="pw").text


def test_an_administrator_ends_the_sessions_of_a_user(site: Any) -> None:
    ann, admin = site.test_client(), site.test_client()
    submit(ann, "/signup", name="ann", password="pw")
    submit(admin, "/login", name="admin", password="admin")
    assert ann.get("/admin").status_code == 404
    assert "1 sessions ended." in submit(admin, "/admin", user=orm.User.find_by(username="ann").id).text
    assert "Hello, ann" not in ann.get("/").text
    assert ann.post("/login", data={"name": "ann", "password": "pw"}).status_code == 400
