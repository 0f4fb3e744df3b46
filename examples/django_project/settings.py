"""The settings: users and sessions live on the Parse Server, and Django's database serves its admin alone."""

import secrets
from pathlib import Path

from examples.serving import ADMINISTRATOR as ADMINISTRATOR

SECRET_KEY = secrets.token_urlsafe(48)  # encrypts the Parse tokens in the store; drawn anew at each start
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "examples.django_project.urls"
WSGI_APPLICATION = "examples.django_project.wsgi.application"
LOGIN_URL = "/login"
STATIC_URL = "static/"
USE_TZ = True

# In memory, for as long as the example runs.
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "file:site?mode=memory&cache=shared"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.admin",
    "parse_orm.contrib.django",
    "parse_orm.contrib.django.devices",
    "parse_orm.contrib.django.admin",
    "examples.django_project",
]
MIDDLEWARE = [
    "parse_orm.contrib.django.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

AUTHENTICATION_BACKENDS = ["examples.django_project.auth.SiteBackend"]
SESSION_ENGINE = "parse_orm.contrib.django.sessions"
SESSION_COOKIE_SECURE = False  # the example speaks http on loopback; a real site says True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
