"""Runs an example site on loopback over a dev server of its own, until Ctrl-C; or checks that it works, and goes."""

from __future__ import annotations

import argparse
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import requests
from werkzeug.serving import WSGIRequestHandler, make_server

import parse_orm as orm
from parse_orm.devserver import DevServer

#: The first account of an example, which may end the sessions of everybody.
ADMINISTRATOR = "admin"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class Quiet(WSGIRequestHandler):
    """Says nothing of requests, so that what was printed at the start stays in sight."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def serving(app: Any, port: int = 0) -> Iterator[str]:
    """Serve a WSGI application on 127.0.0.1, a thread for each request.

    Args:
        app: the application.
        port: the port; 0 means any free one.

    Returns:
        The address of the site, for as long as the block lasts.
    """
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def submit(browser: requests.Session, page: str, action: str, **fields: str) -> requests.Response:
    """Fill in a form of a page, and send it with the hidden fields that it has.

    Args:
        browser: keeps the cookies.
        page: the address of the page.
        action: where the form goes.
        fields: what is typed.

    Returns:
        The page after it.
    """
    hidden = dict(HIDDEN.findall(browser.get(page, timeout=10).text))
    return browser.post(action, data={**hidden, **fields}, timeout=30)


def check(url: str) -> None:
    """Sign up, log out, log in, look at the devices, log out.

    Args:
        url: the address of the site.

    Raises:
        SystemExit: a page does not say what it should.
    """
    person = {"name": f"visitor-{secrets.token_hex(4)}", "password": secrets.token_urlsafe()}
    with requests.Session() as browser:
        steps = (
            (
                "sign up",
                lambda: submit(browser, f"{url}/signup", f"{url}/signup", **person),
                f"Hello, {person['name']}",
            ),
            ("log out", lambda: submit(browser, f"{url}/", f"{url}/logout"), "Sign up"),
            ("log in", lambda: submit(browser, f"{url}/login", f"{url}/login", **person), f"Hello, {person['name']}"),
            ("devices", lambda: browser.get(f"{url}/account/sessions", timeout=10), "This device"),
            ("log out again", lambda: submit(browser, f"{url}/", f"{url}/logout"), "Sign up"),
            ("devices are closed", lambda: browser.get(f"{url}/account/sessions", timeout=10), "Log in"),
        )
        for name, step, expected in steps:
            answer = step()
            if answer.status_code != 200 or expected not in answer.text:
                raise SystemExit(f"{name}: status {answer.status_code}, and the page does not say {expected!r}")
            print(f"{name}: ok", flush=True)


def main(make_app: Callable[[], Any], description: str) -> None:
    """The command line of an example.

    Args:
        make_app: makes the WSGI application, once the library is connected.
        description: what the example is.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, default=0, help="the port of the site; any free one by default")
    parser.add_argument("--check", action="store_true", help="go through the site once, and end")
    chosen = parser.parse_args()
    password = secrets.token_urlsafe(9)
    with DevServer() as server:
        orm.connect(**server.config())
        orm.User.signup(ADMINISTRATOR, password).logout()
        with serving(make_app(), chosen.port) as url:
            if chosen.check:
                check(url)
                return
            print(f"\n  {url}/\n  Sign up there, or log in as {ADMINISTRATOR!r} with the password {password!r}.")
            print("  Ctrl-C stops.\n", flush=True)
            with suppress(KeyboardInterrupt):
                threading.Event().wait()
