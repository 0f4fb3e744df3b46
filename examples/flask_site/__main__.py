"""`python -m examples.flask_site`: the site on loopback, over a dev server of its own."""

from __future__ import annotations

import argparse

import parse_orm as orm
from examples.flask_site.app import ADMINISTRATOR, create_app
from parse_orm.devserver import DevServer


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=5000)
    port = parser.parse_args().port
    with DevServer() as server:
        orm.connect(**server.config())
        orm.User.signup(ADMINISTRATOR, "admin").logout()
        print(f"http://127.0.0.1:{port}/  (log in as {ADMINISTRATOR!r} with the password 'admin', or sign up)")
        create_app(secure=False).run("127.0.0.1", port, threaded=True)


if __name__ == "__main__":
    main()
