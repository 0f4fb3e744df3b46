"""The example project shows the admin app, the signals and the mixin at work."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from examples.serving import submit

ROOT = Path(__file__).parents[3]
ANN = {"name": "ann", "password": "correct horse"}


@contextmanager
def project() -> Iterator[tuple[str, str]]:
    """The project as somebody starts it at a prompt: its address, and the administrator's password."""
    command, environment = [sys.executable, "-m", "examples.django_project"], {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment) as running:
        assert running.stdout is not None
        printed = ""
        while "Ctrl-C" not in printed and (line := running.stdout.readline()):
            printed += line
        url, password = re.search(r"(http://\S+)/\n", printed), re.search(r"password '(.+)'", printed)
        try:
            assert url is not None
            assert password is not None
            yield url[1], password[1]
        finally:
            running.send_signal(signal.SIGINT)


@pytest.mark.slow
def test_the_administrator_ends_the_sessions_of_a_user_in_the_admin_of_django() -> None:
    with project() as (url, password), requests.Session() as ann, requests.Session() as admin:
        submit(ann, f"{url}/signup", f"{url}/signup", **ANN)
        form, page = f"{url}/django-admin/login/", f"{url}/django-admin/parse_orm_admin/sessioncount/"
        assert "Please enter the correct" in submit(ann, form, form, username="ann", password=ANN["password"]).text
        assert "Sessions per user" in submit(admin, form, form, username="admin", password=password).text
        ann_id = re.search(r'value="(\w+)" id="user-\1">.*?>ann<', admin.get(page, timeout=10).text, flags=re.S)
        assert ann_id is not None
        assert "Ended all sessions of 1 user." in submit(admin, page, page, user=ann_id[1]).text
        assert "Hello, ann" not in ann.get(f"{url}/", timeout=10).text
        own = admin.get(f"{url}/admin", timeout=10).text
        assert f"{ann_id[1]}: a session began" in own
        assert f"{ann_id[1]}: sessions ended, ended_by_admin" in own
