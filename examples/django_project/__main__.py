"""`python -m examples.django_project`: the project on loopback, over a dev server of its own."""

from __future__ import annotations

from examples.django_project.wsgi import application
from examples.serving import main

if __name__ == "__main__":
    main(lambda: application, "a site with accounts, in Django")
