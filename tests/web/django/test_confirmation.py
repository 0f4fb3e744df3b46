"""Views that want the password to have been typed lately."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from parse_orm.testing.session_store_contract import Moment


def signed_in() -> Client:
    browser = Client()
    browser.get("/bind?id=u1")
    return browser


@pytest.mark.parametrize("path", ["/grave", "/async-grave"])
def test_a_password_typed_lately_opens_the_view_and_an_old_one_does_not(path: str, moment: Moment) -> None:
    browser = signed_in()
    assert browser.get(path).content == b"done"
    moment.pass_by(timedelta(minutes=16))
    answer = browser.get(f"{path}?a=1")
    assert (answer.status_code, answer["Location"]) == (303, f"/account/sessions/confirm?next={path}%3Fa%3D1")
    assert answer["Cache-Control"] == "no-store"


def test_a_view_may_ask_for_less_time_than_the_config(moment: Moment) -> None:
    browser = signed_in()
    moment.pass_by(timedelta(minutes=2))
    assert (browser.get("/brief").status_code, browser.get("/grave").status_code) == (303, 200)


def test_a_visitor_logs_in_first() -> None:
    assert Client().get("/grave")["Location"] == "/accounts/login/?next=/grave"
    assert Client().get("/grave", headers={"accept": "application/json"}).status_code == 401


@pytest.mark.django_db
def test_it_stands_beside_djangos_own_mixin() -> None:
    """Somebody in the session alone is nobody to Django's mixin."""
    assert signed_in().get("/members")["Location"] == "/accounts/login/?next=/members"


def test_a_program_hears_what_is_missing(moment: Moment) -> None:
    browser = signed_in()
    moment.pass_by(timedelta(minutes=16))
    answer = browser.post("/grave", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()) == (403, {"error": "confirmation_required"})


@pytest.mark.parametrize(
    ("referer", "next"),
    [("http://testserver/shop?b=2", "/shop%3Fb%3D2"), ("http://evil.example/shop", "/"), ("", "/")],
)
def test_after_a_form_the_way_leads_back_to_its_page(referer: str, next: str, moment: Moment) -> None:
    browser = signed_in()
    moment.pass_by(timedelta(minutes=16))
    answer = browser.post("/grave", headers={"referer": referer})
    assert answer["Location"] == f"/account/sessions/confirm?next={next}"
