"""Web sessions in Django: a session engine, a middleware, an auth backend, commands, and the devices page.

    SESSION_ENGINE = "parse_orm.contrib.django.sessions"
    MIDDLEWARE = ["parse_orm.contrib.django.middleware.SessionMiddleware", ...]  # in place of Django's own
    AUTHENTICATION_BACKENDS = ["parse_orm.contrib.django.auth.ParseBackend"]
    INSTALLED_APPS = ["parse_orm.contrib.django", "parse_orm.contrib.django.devices", ...]
    PARSE_SESSION_STORE = "project.sessions.store"

Nothing is decided here: `parse_orm.web` is asked, and its answer is put into Django's words.
"""
