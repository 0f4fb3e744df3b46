"""Changing all rows of a query, and finding or making one."""

from __future__ import annotations

from typing import Any

import pytest

import parse_orm as orm


class Plant(orm.ParseObject):
    name = orm.property(str)
    height = orm.property(int)
    note = orm.property(str)

    @orm.before_destroy
    def keep_the_oldest(self) -> None:
        if self.name == "oak":
            raise orm.Halt("the oak stays")


@pytest.fixture
def plants(parse_client: orm.Client) -> None:
    orm.save_all([Plant(name=f"p{n}", height=n, note="x") for n in range(5)])


def heights() -> list[Any]:
    return sorted(plant.height for plant in Plant.all())


def test_every_row_is_updated(plants: None) -> None:
    done: list[int] = []

    result = Plant.where(Plant.height >= 2).update_all(height=50, note=None, progress=done.append)

    assert len(result.saved) == 3
    assert result.ok
    assert done[-1] == 3
    assert heights() == [0, 1, 50, 50, 50]
    assert [plant.note for plant in Plant.order("height")] == ["x", "x", None, None, None]


def test_a_change_that_leaves_the_criteria_reaches_every_row(parse_client: orm.Client) -> None:
    orm.save_all([Plant(name="p", height=1) for _ in range(250)])

    assert len(Plant.where(height=1).update_all(height=2).saved) == 250
    assert Plant.where(height=2).count() == 250


def test_nothing_is_sent_for_a_wrong_value(plants: None) -> None:
    with pytest.raises(orm.InvalidValue, match="height"):
        Plant.where().update_all(height="tall")
    with pytest.raises(orm.UnknownField, match="height"):
        Plant.where().update_all(heigth=1)
    with pytest.raises(orm.ReadOnlyField):
        Plant.where().update_all(created_at=None)

    assert heights() == [0, 1, 2, 3, 4]


def test_failures_are_named(plants: None, parse_client: orm.Client) -> None:
    kept = Plant.where(height=3).one()
    kept.acl = orm.ACL()
    kept.save()
    nobody = orm.Client(**{**vars_of(parse_client), "master_key": None})
    rows = Plant.where(height__in=[2, 3])

    with pytest.raises(orm.BatchError) as caught:
        Plant.where(height__in=[2, 3]).using(ReadsAll(parse_client, nobody)).update_all(note="y")

    assert [row for row, _ in caught.value.failed] == [kept]
    assert isinstance(caught.value.failed[0][1], orm.ObjectNotFound)
    assert sorted(row.note or "" for row in rows) == ["x", "y"]


class ReadsAll:
    """Finds with one client and writes with another, as when rights change between the two."""

    def __init__(self, reader: Any, writer: Any) -> None:
        self._reader, self._writer = reader, writer
        self.find = lambda class_name, params, **options: reader.find(class_name, params)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)


def vars_of(client: orm.Client) -> dict[str, Any]:
    settings = client.settings
    return {"server_url": settings.server_url, "app_id": settings.app_id, "rest_key": settings.rest_key}


def test_destroying_runs_callbacks_and_names_what_stayed(plants: None) -> None:
    Plant.create(name="oak", height=99)

    result = Plant.where(Plant.height >= 3).destroy_all(raise_on_error=False)

    assert len(result.saved) == 2
    assert [plant.name for plant, _ in result.failed] == ["oak"]
    assert heights() == [0, 1, 2, 99]


def test_deleting_runs_none(plants: None) -> None:
    Plant.create(name="oak", height=99)

    assert len(Plant.where().delete_all().saved) == 6
    assert Plant.count() == 0


def test_one_row_is_found_or_made(plants: None) -> None:
    made = Plant.where().first_or_create(name="fern", defaults={"height": 7})
    found = Plant.where().first_or_create(name="fern", defaults={"height": 8})
    changed = Plant.where().create_or_update(name="fern", defaults={"height": 9})
    new = Plant.where().first_or_initialize(name="moss")

    assert made == found == changed
    assert Plant.where(name="fern").one().height == 9
    assert new.is_new
    assert new.name == "moss"
