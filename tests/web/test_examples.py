"""The two example sites start with one command, and do what their pages promise."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from examples.serving import submit

ROOT = Path(__file__).parents[2]
SITES = ["flask_site", "django_project"]
ANN = {"name": "ann", "password": "correct horse"}


@pytest.mark.slow
@pytest.mark.parametrize("site", SITES)
def test_the_check_of_an_example_passes(site: str) -> None:
    command = [sys.executable, "-m", f"examples.{site}", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stdout.count(": ok")) == (0, 6), done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("site", SITES)
def test_an_example_runs_until_ctrl_c_and_its_administrator_ends_the_sessions_of_a_user(site: str) -> None:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", f"examples.{site}"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment) as running:
        assert running.stdout is not None
        url = password = None
        for line in running.stdout:
            url = url or re.search(r"http://\S+", line)
            password = password or re.search(r"password '(.+)'", line)
            if "Ctrl-C" in line:
                break
        assert url is not None
        assert password is not None
        an_administrator_ends_the_sessions_of_a_user(url[0], password[1])
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 0


def an_administrator_ends_the_sessions_of_a_user(url: str, password: str) -> None:
    with requests.Session() as ann, requests.Session() as admin:
        submit(ann, f"{url}signup", f"{url}signup", **ANN)
        assert "Hello, ann" in ann.get(url, timeout=10).text
        assert ann.get(f"{url}admin", timeout=10).status_code == 404
        submit(admin, f"{url}login", f"{url}login", name="admin", password=password)
        button = re.compile(r'value="(\w+)" aria-label="End all sessions of ann"')
        found = button.search(admin.get(f"{url}admin", timeout=10).text)
        assert found is not None
        assert "1 sessions ended." in submit(admin, f"{url}admin", f"{url}admin", user=found[1]).text
        assert "Hello, ann" not in ann.get(url, timeout=10).text
        assert "Hello, admin" in admin.get(url, timeout=10).text
