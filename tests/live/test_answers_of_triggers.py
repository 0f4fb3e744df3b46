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
