"""The settings of the project; it has no database, for its users and sessions live on the Parse Server."""

import secrets
from pathlib import Path

from examples.serving import ADMINISTRATOR as ADMINISTRATOR

SECRET_KEY = secrets.token_urlsafe(48)  # encrypts the Parse tokens in the store; drawn anew at each start
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "examples.django_project.urls"
WSGI_APPLICATION = "examples.django_project.wsgi.application"
LOGIN_URL = "/login"
USE_TZ = True

INSTALLED_APPS = [
    "django.contrib.sessions",
    "django.contrib.messages",
    "parse_orm.contrib.django",
    "parse_orm.contrib.django.devices",
]
MIDDLEWARE = [
    "parse_orm.contrib.django.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.contrib.messages.context_processors.messages"]},
    }
]

SESSION_ENGINE = "parse_orm.contrib.django.sessions"
SESSION_COOKIE_SECURE = False  # the example speaks http on loopback; a real site says True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
