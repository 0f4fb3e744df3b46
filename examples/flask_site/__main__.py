"""`python -m examples.flask_site`: the site on loopback, over a dev server of its own."""

from __future__ import annotations

from examples.flask_site.app import create_app
from examples.serving import main

if __name__ == "__main__":
    main(lambda: create_app(secure=False), "a site with accounts, in Flask")
