"""Rows of associations: loaded with one question for each association, and N+1 found where it happens."""

from __future__ import annotations

from typing import Any

import pytest

import parse_orm as orm
from parse_orm.errors import ParseOrmWarning


class Label(orm.ParseObject):
    name = orm.property(str)


class Band(orm.ParseObject):
    name = orm.property(str)
    label = orm.belongs_to(Label)
    records = orm.has_many("Record")


class Record(orm.ParseObject):
    title = orm.property(str)
    band = orm.belongs_to(Band)
    sleeve = orm.has_one("Sleeve")
    notes = orm.has_many("Note")


class Sleeve(orm.ParseObject):
    colour = orm.property(str)
    record = orm.belongs_to(Record)


class Note(orm.ParseObject):
    text = orm.property(str)
    record = orm.belongs_to(Record)


@pytest.fixture
def asked(parse_client: orm.Client, monkeypatch: Any) -> list[str]:
    """The classes that were asked, once there are rows."""
    labels = [Label.create(name="l0"), Label.create(name="l1")]
    bands = [Band.create(name=f"b{n}", label=labels[n % 2]) for n in range(3)]
    records = [Record.create(title=f"r{n}", band=bands[n % 3]) for n in range(6)]
    orm.save_all([Sleeve(colour=f"c{n}", record=record) for n, record in enumerate(records[:5])])
    orm.save_all([Note(text=f"n{n}", record=records[n % 2]) for n in range(4)])
    seen: list[str] = []
    request = type(parse_client).request

    def watched(self: Any, method: str, path: str, *args: Any, **options: Any) -> Any:
        seen.append(path.split("/")[2])
        return request(self, method, path, *args, **options)

    monkeypatch.setattr(type(parse_client), "request", watched)
    return seen


def test_each_association_costs_one_question(asked: list[str]) -> None:
    with orm.strict_loading():
        records = Record.order("title").limit(6).preload("band", "sleeve", "notes").all()

        assert [record.band and record.band.name for record in records] == ["b0", "b1", "b2", "b0", "b1", "b2"]
        assert [record.sleeve and record.sleeve.colour for record in records] == ["c0", "c1", "c2", "c3", "c4", None]
        assert sorted(note.text for note in records[0].notes) == ["n0", "n2"]
        assert [record.notes.count() for record in records] == [2, 2, 0, 0, 0, 0]
        assert records[2].notes.first() is None

    # An answer ends with an empty page, so one question is at most two requests.
    assert {name: asked.count(name) for name in set(asked)} == {"Record": 1, "Band": 2, "Sleeve": 2, "Note": 2}


def test_a_path_goes_on_from_there(asked: list[str]) -> None:
    with orm.strict_loading():
        names = {record.band.label.name for record in Record.preload("band.label") if record.band and record.band.label}

    assert names == {"l0", "l1"}
    assert asked.count("Label") == 2


def test_a_preloaded_pointer_is_no_change(asked: list[str]) -> None:
    assert [record.changes for record in Record.preload("band")] == [{}] * 6


def test_a_step_on_preloaded_rows_asks_anew(asked: list[str]) -> None:
    record = Record.order("title").preload("notes").first()
    assert record is not None

    assert record.notes.where(text="n2").count() == 1


def test_only_associations_are_preloaded() -> None:
    with pytest.raises(orm.BadQuery, match="title"):
        Record.preload("title")
    with pytest.raises(orm.UnknownField, match="band"):
        Record.preload("bend")


def test_n_plus_one_names_the_line(asked: list[str]) -> None:
    with orm.watch_n_plus_one("ignore") as watch:
        for record in Record.all():
            _ = record.band and record.band.name

    (finding,) = watch.found
    assert finding.label == "band"
    assert finding.line.startswith(__file__)
    assert "include('band')" in str(finding)


def test_n_plus_one_warns_once_for_a_line(asked: list[str]) -> None:
    with pytest.warns(ParseOrmWarning, match="sleeve") as caught, orm.watch_n_plus_one():
        assert len([record.sleeve for record in Record.all()]) == 6

    assert len(caught) == 1


def test_n_plus_one_can_raise(asked: list[str]) -> None:
    records = Record.all()

    with orm.watch_n_plus_one("raise", threshold=2), pytest.raises(orm.NotLoaded, match="row by row"):
        _ = [record.band and record.band.name for record in records]


def test_included_rows_are_not_fetched_again(asked: list[str]) -> None:
    with orm.watch_n_plus_one("raise", threshold=1):
        assert {record.band.name for record in Record.include_all() if record.band} == {"b0", "b1", "b2"}
