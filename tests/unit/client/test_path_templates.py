"""Paths without ids, for the labels of metrics."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import parse_orm.client
from parse_orm.client import requests as paths
from parse_orm.client.path_templates import OTHER, path_template


@pytest.mark.parametrize(
    ("path", "template"),
    [
        (paths.collection("Song"), "/classes/Song"),
        (paths.row("Song", "a b/c"), "/classes/Song/{id}"),
        (paths.collection("_Join:users:_Role"), "/classes/_Join:users:_Role"),
        (paths.row("_User", "xWMyZ4YEGZ"), "/users/{id}"),
        (paths.row("_Role", "xWMyZ4YEGZ"), "/roles/{id}"),
        (paths.ME, "/users/me"),
        (paths.MY_SESSION, "/sessions/me"),
        (paths.function("hello"), "/functions/hello"),
        (paths.function("a/b c"), "/functions/{name}"),
        (paths.job("nightly"), "/jobs/nightly"),
        (paths.file("a/b/c.png"), "/files/{name}"),
        (paths.event("opened"), "/events/{name}"),
        (paths.schema("Song"), "/schemas/Song"),
        (paths.aggregate("Song"), "/aggregate/Song"),
        (f"{paths.HOOK_FUNCTIONS}/hello", "/hooks/functions/{name}"),
        (f"{paths.HOOK_TRIGGERS}/Song/beforeSave", "/hooks/triggers/{name}"),
        ("/hooks", OTHER),
        ("/classes", OTHER),
        ("/my/own/route", OTHER),
        ("https://cdn.example.com/x.png", OTHER),
        ("", OTHER),
        ("/", OTHER),
    ],
)
def test_a_template_holds_no_id(path: str, template: str) -> None:
    assert path_template(path) == template


def test_every_fixed_path_of_the_client_has_a_template_of_its_own() -> None:
    source = (Path(parse_orm.client.__file__).parent / "requests.py").read_text(encoding="utf-8")
    fixed = re.findall(r'^[A-Z_]+ = "(/[^"]+)"', source, re.MULTILINE)

    assert len(fixed) > 10
    assert {path_template(path) for path in fixed} == set(fixed)
