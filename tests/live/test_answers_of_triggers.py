"""What becomes of a write whose answer a trigger replaced, on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import parse_orm as orm
from parse_orm.devserver import DevServer
from parse_orm.errors import AnswerCutShort, BatchError

CLOUD = """
const answers = {AfterNumber: 5, AfterList: [1, {a: 1}], AfterNothing: {}, AfterNote: {note: "from a trigger"}};
for (const [name, value] of Object.entries(answers)) {
  Parse.Cloud.afterSave(name, () => value);
}
Parse.Cloud.beforeSave("Changed", ({object: row}) => ({
  "unset": () => row.unset("name"),
  "unset all": () => ["name", "number", "marks", "place", "doc"].forEach(key => row.unset(key)),
  "set inside": () => row.set("doc.x", 5),
  "unset inside": () => row.unset("doc.old"),
  "replace inside": () => row.set("doc.deep", {c: 3}),
  "increment inside": () => row.increment("doc.n", 3),
  "increment": () => row.increment("number"),
  "whole": () => row.set("doc", {only: 1}),
}[row.get("how")] || (() => {}))());
Parse.Cloud.beforeSave("_User", request => request.object.unset("email"));
"""


class AfterNumber(orm.ParseObject):
    title = orm.property(str)


class AfterList(orm.ParseObject):
    title = orm.property(str)


class AfterNothing(orm.ParseObject):
    title = orm.property(str)


class AfterNote(orm.ParseObject):
    title = orm.property(str)
    note = orm.property(str)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    cloud: Path = tmp_path_factory.mktemp("cloud") / "main.js"
    cloud.write_text(CLOUD)
    with DevServer(cloud=cloud) as running:
        yield running


@pytest.fixture(autouse=True)
def client(server: DevServer) -> Iterator[orm.Client]:
    client = orm.Client(**server.config())
    with orm.using(client):
        yield client


@pytest.mark.live
@pytest.mark.parametrize("model", [AfterNumber, AfterList, AfterNothing, AfterNote])
def test_a_create_has_its_id_whatever_the_trigger_answered(model: type[orm.ParseObject]) -> None:
    made = model(title="x").save()

    assert model.find(made.id) == made


@pytest.mark.live
@pytest.mark.parametrize("model", [AfterNumber, AfterNothing, AfterNote])
def test_an_update_is_done_when_the_trigger_answered_an_object(model: type[orm.ParseObject]) -> None:
    made = model(title="x").save()

    made.update(title="y")

    assert model.get(made.id)["title"] == "y"


@pytest.mark.live
def test_an_update_whose_trigger_answered_a_list_says_that_it_was_most_likely_made() -> None:
    made = AfterList(title="x").save()

    with pytest.raises(AnswerCutShort, match="most likely made, but the answer is a list"):
        made.update(title="y")

    assert made.changed == ["title"]
    assert AfterList.get(made.id).title == "y"  # and so it was


@pytest.mark.live
def test_new_rows_of_a_batch_whose_trigger_answered_a_list_are_not_called_saved() -> None:
    songs = [AfterList(title="x"), AfterNumber(title="x")]

    with pytest.raises(BatchError) as failed:
        orm.save_all(songs)

    assert isinstance(failed.value.unknown[0][1], AnswerCutShort)
    assert [song.is_new for song in songs] == [True, False]


@pytest.mark.live
def test_an_empty_answer_of_the_server_is_taken_where_it_gives_one() -> None:
    file = orm.File("a.txt", b"x").save()

    assert file.destroy() is True


class Changed(orm.ParseObject):
    how = orm.property(str)
    name = orm.property(str)
    number = orm.property(int)
    marks = orm.array(str)
    place = orm.property(orm.GeoPoint)
    doc = orm.property(dict)


HOW = ["unset", "unset all", "set inside", "unset inside", "replace inside", "increment inside", "increment", "whole"]


def _fresh(how: str = "") -> Changed:
    doc = {"old": 1, "n": 1, "deep": {"a": 1, "b": 2}}
    return Changed(how=how, name="x", number=1, marks=["a"], place=orm.GeoPoint(1, 2), doc=doc)


def _agrees(row: Changed) -> None:
    """Read each column, look that nothing waits to be saved, and compare with the database; then save and compare."""
    for _ in range(2):
        stored = Changed.get(row.id)
        assert row.changed == []
        assert row.to_dict(exclude=["updated_at"]) == stored.to_dict(exclude=["updated_at"])
        assert "__op" not in repr(row)
        row.how = "done"
        row.doc = {**(row.doc or {}), "more": 1}
        row.save()


@pytest.mark.live
@pytest.mark.parametrize("how", HOW)
def test_a_new_row_is_what_the_trigger_made_of_it(how: str) -> None:
    _agrees(_fresh(how).save())


@pytest.mark.live
@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("read", [True, False])
def test_a_changed_row_is_what_the_trigger_made_of_it(how: str, read: bool) -> None:
    row = Changed.get(_fresh().save().id)
    if read:
        row.to_dict()

    row.update(how=how)

    _agrees(row)


@pytest.mark.live
@pytest.mark.parametrize("how", HOW)
def test_rows_of_a_batch_are_what_the_trigger_made_of_them(how: str) -> None:
    new, old = _fresh(how), _fresh().save()
    old.how = how

    orm.save_all([new, old])

    _agrees(new)
    _agrees(old)


@pytest.mark.live
@pytest.mark.parametrize("how", HOW)
def test_rows_of_a_transaction_are_what_the_trigger_made_of_them(how: str) -> None:
    new, old = _fresh(how), _fresh().save()
    old.how = how

    with orm.transaction() as tx:
        tx.save(new)
        tx.save(old)

    _agrees(new)
    _agrees(old)


@pytest.mark.live
def test_an_operation_takes_over_what_the_trigger_did() -> None:
    row = _fresh().save()
    row.update(how="unset inside")

    row.increment("doc.n", 5)

    assert row.doc == {"n": 6, "deep": {"a": 1, "b": 2}}
    _agrees(row)


@pytest.mark.live
def test_what_a_trigger_sets_inside_an_object_that_was_not_fetched_stays_unknown() -> None:
    row = Changed.pointer(_fresh().save().id)

    row.update(how="set inside")

    assert row.doc == {"old": 1, "n": 1, "deep": {"a": 1, "b": 2}, "x": 5}


@pytest.mark.live
def test_a_signup_takes_over_what_the_trigger_unset() -> None:
    user = orm.User.signup("ann", "a long secret", "ann@example.com")

    assert user.email is None
    assert user.changed == []
    assert orm.User.login("ann", "a long secret").email is None
