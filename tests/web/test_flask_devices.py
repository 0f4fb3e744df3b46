"""The page "Your devices" in Flask: what a person sees and does there, without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import flask
import pytest

import parse_orm as orm
from parse_orm.contrib.flask import ParseSessions, current_sessions
from parse_orm.contrib.flask.devices import devices
from parse_orm.contrib.flask.translation import translation
from parse_orm.web import MemoryStore

HTML = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}
PAGE = "/account/sessions/"


@pytest.fixture
def app(parse_client: Any, store: MemoryStore) -> flask.Flask:
    orm.User.signup("ann", "secret").logout()
    orm.User.signup("bob", "secret").logout()
    app = flask.Flask("site")
    app.secret_key = "s" * 32
    ParseSessions(app, store=store)
    app.register_blueprint(devices)

    @app.post("/login")
    def login() -> str:
        current_sessions.login(flask.request.form["name"], "secret")
        return ""

    return app


def browser(app: flask.Flask, name: str = "ann", agent: str = "Mozilla (Windows) Firefox/126") -> Any:
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = agent
    client.post("/login", data={"name": name})
    return client


def token(client: Any, path: str = PAGE) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path, headers=HTML).text)
    assert found is not None
    return found[1]


def press(client: Any, path: str, **fields: str) -> Any:
    return client.post(PAGE + path, data={"csrf_token": token(client), **fields}, headers=HTML)


def listed(client: Any) -> list[Any]:
    sessions: list[Any] = client.get(PAGE, headers=JSON).json["sessions"]
    return sessions


def test_the_page_shows_each_device_and_marks_this_one(app: flask.Flask) -> None:
    mine, _ = browser(app), browser(app, agent="<script>alert(1)</script>")
    answer = mine.get(PAGE, headers=HTML)
    assert answer.text.count("This device") == 1
    assert "Firefox on Windows" in answer.text
    assert "<script>" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert app.test_client().get(PAGE, headers=HTML).headers["Location"].startswith("/login?next=")
    assert app.test_client().get(PAGE, headers=JSON).status_code == 401


def test_the_page_speaks_the_language_of_the_visitor_that_the_site_speaks_too(app: flask.Flask) -> None:
    mine, _ = browser(app), browser(app)
    german = {**HTML, "Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
    assert "Your devices" in mine.get(PAGE, headers=german).text
    app.config["PARSE_LANGUAGES"] = ["fr", "de"]
    shown = mine.get(PAGE, headers=german).text
    assert '<html lang="de">' in shown
    for text in ("Ihre Geräte", "Dieses Gerät", "Gerade aktiv", "Firefox auf Windows", "Überall abmelden"):
        assert text in shown
    assert re.search(r"Angemeldet am \d+\. \w+ \d{4} mit Passwort", shown)
    assert "Vos appareils" in mine.get(PAGE, headers={**HTML, "Accept-Language": "it"}).text
    data = {"csrf_token": token(mine)}
    mine.post(f"{PAGE}revoke-others", data=data, headers=german)
    assert "1 Gerät wurde abgemeldet." in mine.get(PAGE, headers=german).text
    assert "Das Formular" in mine.post(f"{PAGE}revoke-all", headers=german).text


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("de-AT, en;q=0.5", "de"),
        ("en;q=0.5, de;q=0.9", "de"),
        ("it, fr-CA;q=0.9, de;q=0.5", "fr-CA"),
        ("fr-CH", "fr"),
        ("de;q=0, it", "fr"),
        ("*", "fr"),
        ("", "fr"),
    ],
)
def test_the_browsers_wishes_choose_among_the_languages_of_the_site(wanted: str, language: str) -> None:
    site = flask.Flask("site")
    site.config["PARSE_LANGUAGES"] = ["fr", "fr-CA", "de", "en"]
    with site.test_request_context(headers={"Accept-Language": wanted}):
        assert translation() == {"language": language}


def test_flask_babel_decides_where_it_is_used_and_the_sites_own_texts_come_first(
    app: flask.Flask, tmp_path: Path
) -> None:
    flask_babel = pytest.importorskip("flask_babel")
    from babel.messages import Catalog
    from babel.messages.mofile import write_mo

    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    own = Catalog(locale="de")
    own.add("Your devices", "Meine Geräte")
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, own)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(tmp_path)
    flask_babel.Babel(app, locale_selector=lambda: flask.request.args.get("in", "en"))
    mine = browser(app)
    german = mine.get(f"{PAGE}?in=de", headers=HTML).text
    assert ("Meine Geräte" in german, "Dieses Gerät" in german) == (True, True)
    assert "Your devices" in mine.get(PAGE, headers={**HTML, "Accept-Language": "de"}).text


def test_a_device_that_is_signed_out_is_out_on_its_next_request(app: flask.Flask) -> None:
    mine, other = browser(app), browser(app)
    id = next(each["id"] for each in listed(mine) if not each["is_current"])
    assert press(mine, f"{id}/revoke").headers["Location"] == PAGE
    assert "Signed out of the device." in mine.get(PAGE, headers=HTML).text
    assert other.get(PAGE, headers=JSON).status_code == 401
    assert mine.get(PAGE, headers=JSON).status_code == 200


def test_all_others_and_everywhere(app: flask.Flask) -> None:
    mine, *others = (browser(app) for _ in range(3))
    press(mine, "revoke-others")
    assert "Signed out of 2 devices." in mine.get(PAGE, headers=HTML).text
    assert [other.get(PAGE, headers=JSON).status_code for other in others] == [401, 401]
    press(mine, "revoke-all")
    assert mine.get(PAGE, headers=JSON).status_code == 401


def test_somebody_elses_session_is_not_found(app: flask.Flask) -> None:
    mine, theirs = browser(app), browser(app, "bob")
    id = listed(theirs)[0]["id"]
    assert press(mine, f"{id}/revoke").status_code == 404
    assert mine.delete(f"{PAGE}{id}").status_code == 404
    assert theirs.get(PAGE, headers=JSON).status_code == 200


def test_a_forged_form_is_refused(app: flask.Flask) -> None:
    mine, other = browser(app), browser(app)
    for data in ({}, {"csrf_token": ""}, {"csrf_token": "x"}, {"csrf_token": token(other)}):
        assert mine.post(f"{PAGE}revoke-all", data=data).status_code == 400
    assert len(listed(mine)) == 2


def test_no_get_changes_anything(app: flask.Flask) -> None:
    mine = browser(app)
    id = listed(mine)[0]["id"]
    for path in ("revoke-all", "revoke-others", f"{id}/revoke", id):
        assert mine.get(PAGE + path).status_code in (404, 405)
    assert len(listed(mine)) == 1


def test_after_a_while_the_password_is_asked_for(app: flask.Flask, moment: Any) -> None:
    mine, other = browser(app), browser(app)
    moment.pass_by(timedelta(minutes=20))
    id = next(each["id"] for each in listed(mine) if not each["is_current"])
    assert mine.delete(f"{PAGE}{id}").json == {"error": "confirmation_required"}
    asked = press(mine, f"{id}/revoke").headers["Location"]
    assert asked.startswith(f"{PAGE}confirm?next=")
    form = {"csrf_token": token(mine, asked), "next": "https://evil.example/"}
    wrong = mine.post(f"{PAGE}confirm", data={**form, "password": "wrong"}, headers=HTML)
    assert (wrong.status_code, "The password is wrong." in wrong.text) == (403, True)
    assert mine.post(f"{PAGE}confirm", data={**form, "password": "secret"}, headers=HTML).headers["Location"] == PAGE
    assert mine.delete(f"{PAGE}{id}").status_code == 204
    assert other.get(PAGE, headers=JSON).status_code == 401
