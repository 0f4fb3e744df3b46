"""`python -m examples.django_project`: the project on loopback, over a dev server of its own."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command

from examples.django_project.wsgi import application
from examples.serving import main


def site() -> Any:
    """The application, once the tables of Django's admin are there."""
    call_command("migrate", verbosity=0)
    return application


if __name__ == "__main__":
    main(site, "a site with accounts, in Django")
