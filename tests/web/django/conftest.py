"""A Django project in this process: settings, a few views, and a user table."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings
from django.core.management import call_command

from parse_orm.testing.session_store_contract import Moment
from parse_orm.web import MemoryStore

MIDDLEWARE = [
    "parse_orm.contrib.django.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

# The database is one file under one name from beginning to end, so that whoever opens it, and when, finds the tables.
# The database in memory that pytest-django makes, and names for a while, was at times without them.
FOLDER = tempfile.TemporaryDirectory(prefix="django-of-tests-")

if not settings.configured:
    settings.configure(
        SECRET_KEY="a secret for tests alone, of fifty characters or so",
        USE_TZ=True,
        ALLOWED_HOSTS=["testserver"],
        ROOT_URLCONF="tests.web.django.urls",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(Path(FOLDER.name, f"users-{os.getpid()}.sqlite3")),
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.admin",
            "parse_orm.contrib.django",
            "parse_orm.contrib.django.devices",
            "parse_orm.contrib.django.admin",
        ],
        STATIC_URL="static/",
        MIDDLEWARE=MIDDLEWARE,
        SESSION_ENGINE="parse_orm.contrib.django.sessions",
        AUTHENTICATION_BACKENDS=["parse_orm.contrib.django.auth.ParseBackend"],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
    )
    django.setup()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> None:
    """Make the tables; what pytest-django does in place of this changes the name of the database and back."""
    with django_db_blocker.unblock():
        call_command("migrate", run_syncdb=True, verbosity=0)


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def store(moment: Moment) -> MemoryStore:
    return MemoryStore(clock=moment)


@pytest.fixture(autouse=True)
def project(settings: Any, store: MemoryStore) -> Any:
    """The settings of the project, with a store of its own for each test."""
    settings.PARSE_SESSION_STORE = store
    return settings
