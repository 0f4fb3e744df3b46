"""In which language a page of the package is shown."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import flask


def translation() -> dict[str, Any]:
    """The language of the request, and how the site translates; what `Devices` takes.

    With Flask-Babel it is the locale of that, and the site's own catalogue comes first. Without, it is what the
    browser asks for among `PARSE_LANGUAGES` of the app's config: the languages that the site speaks, the first one for
    everybody else.
    """
    if "babel" not in flask.current_app.extensions:
        return {"language": _wanted(flask.current_app.config.get("PARSE_LANGUAGES") or ["en"])}
    babel: Any = import_module("flask_babel")
    return {"language": str(babel.get_locale() or "en"), "gettext": babel.gettext, "ngettext": babel.ngettext}


def _wanted(spoken: Sequence[str]) -> str:
    """Werkzeug's own match prefers `en` to `de` for somebody who asks for `de-AT, en;q=0.5`."""
    for tag, quality in flask.request.accept_languages:
        for same in (str.lower, _primary):
            found = next((language for language in spoken if same(language) == same(tag)), None)
            if found is not None and quality > 0:
                return found
    return spoken[0]


def _primary(tag: str) -> str:
    return tag.lower().replace("_", "-").partition("-")[0]
