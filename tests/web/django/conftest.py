"""A Django project in this process: settings, a few views, and a user table."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings

from parse_orm.testing.session_store_contract import Moment
from parse_orm.web import MemoryStore

MIDDLEWARE = [
    "parse_orm.contrib.django.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

# The database is a file: every thread that opens it finds the tables, whatever became of the connection that made them.
FOLDER = tempfile.TemporaryDirectory(prefix="parse-orm-django-")

if not settings.configured:
    settings.configure(
        SECRET_KEY="a secret for tests alone, of fifty characters or so",
        USE_TZ=True,
        ALLOWED_HOSTS=["testserver"],
        ROOT_URLCONF="tests.web.django.urls",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": ":memory:",
                "TEST": {"NAME": str(Path(FOLDER.name, "users.sqlite3"))},
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
