"""A change that was not sent yet stays one, whatever a trigger makes of the same column meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import parse_orm as orm
from parse_orm.devserver import DevServer

CLOUD = """
Parse.Cloud.beforeSave('Doubled', request => {
  if (request.object.get('note') === 'unset') request.object.unset('tags');
});
Parse.Cloud.beforeSave('Waiting', request => {
  request.object.set('note', 'trigger');
  request.object.set('tags', ['trigger', request.object.get('plays') || 0]);
  request.object.set('info', { trigger: 1 });
});
"""


class Waiting(orm.ParseObject):
    note = orm.property(str)
    plays = orm.property(int)
    tags = orm.property(list)
    info = orm.property(dict)


class Doubled(orm.ParseObject):
    note = orm.property(str)
    tags = orm.array(str)


@pytest.fixture(scope="module")
def meddling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[orm.Client]:
    cloud = tmp_path_factory.mktemp("cloud") / "main.js"
    cloud.write_text(CLOUD)
    with DevServer(cloud=cloud) as server:
        client = orm.Client(**server.config())
        with orm.using(client):
            yield client


def _row() -> Waiting:
    return Waiting.get(str(Waiting.create(note="a", plays=1).id))


def test_an_operation_sent_alone_leaves_values_and_edits_that_wait(meddling: orm.Client) -> None:
    row = _row()
    row.note = "mine"
    assert row.tags is not None
    row.tags.append("x")
    row.info = {"mine": 1}

    row.increment("plays")

    assert (row.note, row.tags, row.info, row.plays) == ("mine", ["trigger", 1, "x"], {"mine": 1}, 2)
    assert sorted(row.changed) == ["info", "note", "tags"]
    assert row.changes["note"] == ("trigger", "mine")


def test_what_is_sent_is_what_the_trigger_made_of_it(meddling: orm.Client) -> None:
    row = _row()
    row.note = "mine"
    assert row.tags is not None
    row.tags.append("x")

    row.save()

    assert (row.note, row.tags, row.changed) == ("trigger", ["trigger", 1], [])


def test_an_edit_that_was_sent_as_an_operation_waits_no_more(meddling: orm.Client) -> None:
    row = _row()
    row.add("tags", "x", send=False)
    row.increment("plays", send=False)

    row.save()

    assert (row.tags, row.changed) == (["trigger", 2], [])


@pytest.mark.parametrize("send", [True, False])
def test_doubles_that_the_server_drops_are_dropped_here_too(meddling: orm.Client, send: bool) -> None:
    """Postgres drops the doubles of an array before it adds to it, and tells nothing when that leaves it as it was."""
    row = Doubled.get(str(Doubled.create(tags=["x", "x"]).id))

    row.add("tags", "x", send=send)
    row.save()

    assert row.tags == Doubled.get(str(row.id)).tags
    assert row.changed == []


def test_an_empty_list_that_was_set_is_no_change_once_the_trigger_unset_it(meddling: orm.Client) -> None:
    row = Doubled.create(tags=[])
    row.tags = []  # what it was

    row.update(note="unset")

    assert (row.tags, row.changed) == ([], [])
