"""What the devices page says, without any framework."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest

from parse_orm.testing.session_store_contract import Moment
from parse_orm.web import MemoryStore, SessionConfig, SessionManager, Visitor
from parse_orm.web.devices import Devices, Reply, own_path, wants_json

URLS: Any = SimpleNamespace(
    index="/devices",
    confirm="/confirm",
    revoke_others="/others",
    revoke_all="/all",
    login="/login",
    revoke="/devices/{}".format,
)
MINUTE = timedelta(minutes=1)


def signed_in(store: MemoryStore, user: str = "u1", **config: Any) -> SessionManager:
    manager = SessionManager(
        store, SessionConfig(**config), visitor=Visitor("192.0.2.7", "Mozilla (Windows) Firefox/126")
    )
    manager.authenticate(user)
    return manager


def page(manager: SessionManager) -> dict[str, Any]:
    return Devices(manager, URLS).index().context


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/account", "/account"),
        ("/a?b=c&d=%20#e", "/a?b=c&d=%20#e"),
        (None, "/"),
        ("", "/"),
        ("account", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/a\\b", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a b", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
        ("/\t/evil.example", "/"),
        (" /a", "/"),
    ],
)
def test_only_a_path_of_this_site_is_gone_to(path: str | None, expected: str) -> None:
    assert own_path(path, "/") == expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("application/json", True),
        ("application/json, text/html;q=0.9", True),
        ("text/html, application/json;q=0.9", False),
        ("text/html,application/xhtml+xml,*/*;q=0.8", False),
        ("*/*", False),
        ("application/json;q=much", False),
        ("", False),
        (None, False),
    ],
)
def test_json_is_sent_to_whoever_prefers_it(accept: str | None, expected: bool) -> None:
    assert wants_json(accept) is expected


def test_exactly_one_device_is_this_one_and_it_comes_first(store: MemoryStore, moment: Moment) -> None:
    """R25."""
    manager = signed_in(store)
    moment.pass_by(MINUTE)
    signed_in(store)
    shown = page(manager)["devices"]
    assert [device["is_current"] for device in shown] == [True, False]


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(), "Active now"),
        (10 * MINUTE, "Active now"),
        (11 * MINUTE, "11 minutes ago"),
        (61 * MINUTE, "1 hour ago"),
        (26 * 60 * MINUTE, "1 day ago"),
        (timedelta(days=6), "6 days ago"),
    ],
)
def test_use_is_told_no_more_precisely_than_it_is_known(
    store: MemoryStore, moment: Moment, age: timedelta, expected: str
) -> None:
    signed_in(store)
    moment.pass_by(age)
    assert page(signed_in(store))["devices"][1]["active"] == expected


def test_long_ago_is_a_date(store: MemoryStore, moment: Moment) -> None:
    signed_in(store)
    then = moment()
    moment.pass_by(timedelta(days=9))
    assert page(signed_in(store))["devices"][1]["active"] == f"{then.day} {then:%B} {then.year}"


def test_a_single_device_is_told_so(store: MemoryStore) -> None:
    shown = page(signed_in(store))
    assert shown["is_alone"]
    assert shown["text"]["alone"] == "You are only signed in here."


def test_when_it_ends_by_itself_is_said(store: MemoryStore) -> None:
    assert "in any case" in page(signed_in(store))["text"]["ends"]
    assert "in any case" not in page(signed_in(store, absolute_timeout=None))["text"]["ends"]


def test_texts_are_translated(store: MemoryStore) -> None:
    shown = Devices(signed_in(store), URLS, language="de").index().context
    device = shown["devices"][0]
    assert (shown["text"]["title"], shown["text"]["language"]) == ("Ihre Geräte", "de")
    assert (device["active"], device["name"]) == ("Gerade aktiv", "Firefox auf Windows")


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        ("password", "Signed in {} by password"),
        ("anonymous", "Signed in {} as a guest"),
        ("masterkey", "Signed in {} by an administrator"),
        ("facebook", "Signed in {} with Facebook"),
        ("github", "Signed in {} with GitHub"),
        ("{date}{x}", "Signed in {} with {{date}}{{x}}"),
        ("", "Signed in {}"),
    ],
)
def test_a_card_says_how_somebody_signed_in(store: MemoryStore, moment: Moment, provider: str, expected: str) -> None:
    manager = signed_in(store)
    manager.session.write_internal("_parse", {"sid": "s1", "by": provider})
    now = moment()
    assert page(manager)["devices"][0]["signed_in"] == expected.format(f"{now.day} {now:%B} {now.year}")


def test_a_card_names_the_place_of_an_address(store: MemoryStore) -> None:
    places = {"192.0.2.7": "Lisbon, Portugal"}
    device = page(signed_in(store, place_of=places.get))["devices"][0]
    assert (device["place"], device["address"]) == ("Lisbon, Portugal", "192.0.2.7")


def test_an_address_whose_place_nobody_knows_is_shown_itself(store: MemoryStore, caplog: Any) -> None:
    def broken(address: str) -> str:
        raise OSError("the database of places is gone")

    for place_of in (None, lambda address: None, broken):
        assert page(signed_in(store, place_of=place_of))["devices"][0]["place"] == "192.0.2.7"
    assert {record.message for record in caplog.records} == {"place_of failed; the page shows the address"}


@pytest.mark.parametrize("route", ["revoke_others", "revoke_all"])
def test_grave_things_need_a_password_typed_lately(store: MemoryStore, moment: Moment, route: str) -> None:
    """R32."""
    other, manager = signed_in(store), signed_in(store)
    moment.pass_by(16 * MINUTE)
    reply = getattr(Devices(manager, URLS), route)()
    assert reply == Reply(303, redirect="/confirm?next=/devices")
    reply = getattr(Devices(manager, URLS, json=True), route)()
    assert reply == Reply(403, body={"error": "confirmation_required"})
    assert other.session.id is not None
    assert store.read(other.session.id) is not None


def test_a_strange_id_is_not_told_from_an_absent_one(store: MemoryStore) -> None:
    """R26."""
    stranger, manager = signed_in(store, "u2"), signed_in(store)
    devices = Devices(manager, URLS, json=True)
    assert (
        devices.revoke(str(stranger.session.id)) == devices.revoke("absent") == Reply(404, body={"error": "not_found"})
    )
    assert len(store) == 2


def test_the_templates_are_jinja_as_well_as_django(store: MemoryStore) -> None:
    templates = jinja2.Environment(loader=jinja2.PackageLoader("parse_orm.web"), autoescape=True)
    templates.undefined = jinja2.StrictUndefined
    signed_in(store)
    devices = Devices(signed_in(store), URLS)
    for reply in (devices.index(), devices.ask_password("/read"), devices.confirm("", "/read")):
        assert reply.template is not None
        html = templates.get_template(reply.template).render(reply.context, csrf={"name": "token", "value": "<t>"})
        assert reply.context["text"]["title"] in html
        assert 'name="token" value="&lt;t&gt;"' in html
