"""The committed lockfile: exact versions, no addresses, and the router with which /batch works."""

from __future__ import annotations

import json
import re

from parse_orm.devserver import packages


def text_of(name: str) -> str:
    return (packages.RESOURCES / name).read_text()


def test_parse_server_is_pinned() -> None:
    assert packages.server_version() == "9.10.0"
    assert json.loads(text_of("package.json"))["dependencies"]["parse-server"] == "9.10.0"


def test_router_is_held_where_batches_work() -> None:
    manifest = json.loads(text_of("package.json"))

    assert manifest["dependencies"]["router"] == manifest["overrides"]["router"] == "2.2.0"
    routers = {
        place: entry["version"]
        for place, entry in packages.lockfile()["packages"].items()
        if place.endswith("node_modules/router")
    }
    assert routers == {"node_modules/router": "2.2.0"}


# Pages for people: where to give money, where to read a licence. npm fetches nothing from them.
FOR_PEOPLE = {"funding", "license"}


def without_pages(value: object) -> object:
    if isinstance(value, dict):
        return {key: without_pages(item) for key, item in value.items() if key not in FOR_PEOPLE}
    if isinstance(value, list):
        return [without_pages(item) for item in value]
    return value


def test_the_lockfile_names_no_address_to_fetch_from() -> None:
    rest = json.dumps(without_pages(packages.lockfile()))

    assert "resolved" not in rest
    assert not re.findall(r"\w+://[^\"]+", rest)


def test_every_package_has_a_checksum() -> None:
    entries = {place: entry for place, entry in packages.lockfile()["packages"].items() if place}

    assert [place for place, entry in entries.items() if "integrity" not in entry] == []


def test_npm_is_told_to_keep_addresses_out() -> None:
    assert "omit-lockfile-registry-resolved=true" in text_of(".npmrc")


def test_the_fingerprint_is_a_name_for_a_folder() -> None:
    assert re.fullmatch("[0-9a-f]{12}", packages.fingerprint())
