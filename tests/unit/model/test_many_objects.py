"""Many objects in few requests: in the order of their references, each with its own outcome."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

import parse_orm as orm
from parse_orm.types.text import Email


class Label(orm.ParseObject):
    name = orm.property(str)
    owner = orm.belongs_to("Band")


class Fan(orm.ParseObject):
    mail = orm.property(Email)
    tags = orm.array(str)


class Band(orm.ParseObject):
    name = orm.property(str)
    label = orm.belongs_to(Label)
    members = orm.has_many("Player", through="array")
    likes = orm.has_many("Player", through="relation")
    notes = orm.property(dict)


class Player(orm.ParseObject):
    name = orm.property(str)
    plays = orm.property(int, default=0)


def batches(wire: Any) -> list[list[tuple[str, str]]]:
    return [
        [(item["method"], item["path"].removeprefix("/parse")) for item in body["requests"]]
        for _, path, body in wire.sent
        if path == "/batch"
    ]


def test_references_are_saved_first_in_as_few_requests_as_it_takes(wire: Any) -> None:
    label = Label(name="L")
    bands = [Band(name="A", label=label, members=[Player(name="p")]), Band(name="B", label=label)]
    result = orm.save_all(bands)
    assert batches(wire) == [
        [("POST", "/classes/Player"), ("POST", "/classes/Label")],
        [("POST", "/classes/Band"), ("POST", "/classes/Band")],
    ]
    assert wire.sent[1][2]["requests"][1]["body"]["label"]["objectId"] == label.id
    assert result.saved[:2] == bands
    assert result.ok
    assert len(result) == 4


def test_an_unsaved_object_in_a_relation_or_a_dict_comes_first_too(wire: Any) -> None:
    band, liked, noted = Band(name="A"), Player(name="r"), Player(name="d")
    band.likes.add(liked)
    band.notes = {"best": [noted]}
    orm.save_all([band])
    assert [len(batch) for batch in batches(wire)] == [2, 1]
    body = wire.sent[1][2]["requests"][0]["body"]
    assert body["likes"] == {
        "__op": "AddRelation",
        "objects": [{"__type": "Pointer", "className": "Player", "objectId": liked.id}],
    }
    assert body["notes"]["best"][0]["objectId"] == noted.id


def test_a_circle_is_refused_with_the_way_round_before_any_request(wire: Any) -> None:
    label, band = Label(name="L"), Band(name="A")
    label.owner, band.label = band, label
    with pytest.raises(orm.UnsavedReference, match=r"Band\.label -> Label\.owner|Label\.owner -> Band\.label"):
        orm.save_all([band])
    assert wire.sent == []


def test_cascade_saves_what_one_object_refers_to(wire: Any) -> None:
    band = Band(name="A", label=Label(name="L"))
    with pytest.raises(orm.UnsavedReference, match=r"Band\.label refers to an object that was never saved"):
        band.save()
    assert wire.sent == []
    band.save(cascade=True)
    assert [path for _, path, _ in wire.sent] == ["/batch", "/classes/Band"]
    assert band.label is not None
    assert band.label.id


@pytest.mark.parametrize("column", ["label", "members", "likes"])
@pytest.mark.parametrize("known", [False, True])
def test_the_column_that_refers_to_an_unsaved_object_is_named(wire: Any, known: bool, column: str) -> None:
    band = Band.pointer("xWMyZ4YEGZ") if known else Band(name="A")
    if column == "likes":
        band.likes.add(Player(name="P"))
    else:
        setattr(band, column, Label(name="L") if column == "label" else [Player(name="P")])

    with pytest.raises(orm.UnsavedReference, match=rf"Band\.{column} refers to an object that was never saved"):
        band.save()
    assert wire.sent == []


def test_batches_have_at_most_the_size_asked_for(wire: Any) -> None:
    done: list[int] = []
    orm.save_all([Player(name=str(n)) for n in range(250)], progress=done.append)
    assert [len(batch) for batch in batches(wire)] == [100, 100, 50]
    assert done == [100, 200, 250]
    with pytest.raises(orm.BadQuery):
        orm.save_all([Player()], batch_size=0)


def test_what_did_not_change_is_not_sent_and_counts_as_saved(wire: Any) -> None:
    player = Player.create(name="p")
    wire.clear()
    assert orm.save_all([player]).saved == [player]
    assert wire.sent == []


def test_the_same_object_twice_is_saved_once_and_equal_new_ones_each(wire: Any) -> None:
    one, two = Player(name="same"), Player(name="same")
    orm.save_all([one, one, two])
    assert [len(batch) for batch in batches(wire)] == [2]
    assert one.id != two.id


def test_two_objects_of_one_row_never_share_a_request(wire: Any) -> None:
    player = Player.create(name="p")
    twin = Player.pointer(player.id)
    player.name, twin.plays = "q", 3
    wire.clear()
    orm.save_all([player, twin])
    assert [len(batch) for batch in batches(wire)] == [1, 1]


def test_each_failure_is_told_with_its_object_in_input_order(wire: Any) -> None:
    def refuse(method: str, path: str, body: Any) -> Any:
        return {"error": {"code": 142, "error": "no"}} if (body or {}).get("name") == "bad" else None

    wire.refuse = refuse
    players = [Player(name=name) for name in ("bad", "good", "bad")]
    with pytest.raises(orm.BatchError, match="2 of 3 objects were not saved; the first, <Player new") as caught:
        orm.save_all(players)
    result = caught.value.result
    assert caught.value.failed == result.failed
    assert [player for player, _ in result.failed] == [players[0], players[2]]
    assert all(isinstance(error, orm.ValidationFailed) for _, error in result.failed)
    assert result.saved == [players[1]]
    assert not result.ok
    assert players[0].changed == ["plays", "name"] or players[0].changed == ["name", "plays"]
    assert orm.save_all(players[:1], raise_on_error=False).failed[0][0] is players[0]


def test_an_item_without_a_code_may_have_been_done(wire: Any) -> None:
    wire.refuse = lambda method, path, body: {"error": {}} if path == "/classes/Player" else None
    result = orm.save_all([Player(name="x")], raise_on_error=False)
    assert isinstance(result.unknown[0][1], orm.InternalServerError)


def test_what_refers_to_a_failed_object_fails_with_it(wire: Any) -> None:
    wire.refuse = lambda method, path, body: {"error": {"code": 142}} if path == "/classes/Label" else None
    band = Band(name="A", label=Label(name="L"))
    result = orm.save_all([band], raise_on_error=False)
    assert [type(error) for _, error in result.failed] == [orm.UnsavedReference, orm.ValidationFailed]


def test_destroying_counts_a_row_that_is_already_gone_as_gone(wire: Any) -> None:
    players = [Player.create(name=str(n)) for n in range(3)]
    unsaved = Player(name="never")
    wire.clear()
    gone = f"/classes/Player/{players[1].id}"
    wire.refuse = lambda method, path, body: {"error": {"code": 101, "error": "gone"}} if path == gone else None
    result = orm.destroy_all([*players, unsaved])
    assert result.saved == players
    assert [len(batch) for batch in batches(wire)] == [3]
    assert all(player.is_destroyed for player in players)
    with pytest.raises(orm.RecordNotSaved, match="was destroyed"):
        players[0].save()


def test_destroying_counts_no_object_that_was_never_saved(wire: Any) -> None:
    result = orm.destroy_all([Player(name="never")])
    assert (result.saved, result.failed, result.unknown, result.ok, wire.sent) == ([], [], [], True, [])


def test_a_failed_destroy_is_told(wire: Any) -> None:
    player = Player.create(name="x")
    wire.refuse = lambda method, path, body: {"error": {"code": 119, "error": "no"}} if method == "DELETE" else None
    with pytest.raises(orm.BatchError, match="1 of 1 objects were not destroyed"):
        orm.destroy_all([player])
    assert not player.is_destroyed


def test_fetching_many_keeps_what_was_changed_here(wire: Any) -> None:
    one, other, gone = (Player.pointer(f"id{n:08}") for n in (1, 2, 3))
    one.name = "mine"

    def answer(method: str, path: str, body: Any) -> Any:
        ids = body["where"]["objectId"]["$in"]
        return {"results": [{"objectId": id, "name": "theirs", "plays": 7} for id in ids if id != gone.id][:1]}

    wire.refuse = answer
    result = orm.fetch_all([one, other, gone], raise_on_error=False)
    assert (one.name, one.plays, one.changed) == ("mine", 7, ["name"])
    assert (other.name, result.saved) == ("theirs", [one, other])
    assert isinstance(result.failed[0][1], orm.ObjectNotFound)
    wire.clear()
    orm.fetch_all([one, other], only_incomplete=True)
    assert wire.sent == []


def test_users_can_be_saved_in_a_batch(wire: Any) -> None:
    orm.save_all([orm.User(username="ann", password="pw")])
    assert batches(wire) == [[("POST", "/users")]]


def test_progress_without_tqdm_is_a_plain_line(
    wire: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "tqdm", None)
    orm.save_all([Player(name="x")], progress=True)
    assert "1 objects saved" in capsys.readouterr().err


def test_a_broken_batch_route_falls_back_to_single_requests(wire: Any, refusal: Any) -> None:
    players = [Player.create(name=str(n)) for n in range(3)]
    wire.refuse = lambda method, path, body: refusal(1, "broken", 500) if path == "/batch" else None
    for player in players:
        player.plays = 5
    players[2].increment("plays", send=False)
    wire.clear()
    with pytest.warns(orm.ParseOrmWarning, match="sent one by one"):
        result = orm.save_all([*players, Player(name="new")], raise_on_error=False)
    orm.destroy_all(players)  # a second warning would be an error
    assert result.saved == players
    assert [type(error) for _, error in result.failed] == [orm.BatchRouteFailed]
    assert [method for method, path, _ in wire.sent if path.startswith("/classes")] == ["PUT"] * 3 + ["DELETE"] * 3


def test_an_operation_that_must_not_be_repeated_is_not_sent_singly(wire: Any, refusal: Any) -> None:
    player = Player.create(name="x")
    wire.refuse = lambda method, path, body: refusal(1, "broken", 500) if path == "/batch" else None
    player.increment("plays", send=False)
    with pytest.warns(orm.ParseOrmWarning):
        result = orm.save_all([player], raise_on_error=False)
    assert isinstance(result.failed[0][1], orm.BatchRouteFailed)
    assert player.changed == ["plays"]


class Stage(orm.ParseObject):
    name = orm.property(str)
    opens = orm.property(datetime)
    told: ClassVar[list[BaseException]] = []

    @orm.before_save
    def stop_at_the_second(self) -> None:
        if self.name == "second":
            raise KeyboardInterrupt

    @orm.around_save
    def watch(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            self.told.append(error)
            raise


def test_whoever_interrupts_a_batch_stops_all_of_it_and_each_object_on_its_way_is_told(wire: Any) -> None:
    with pytest.raises(KeyboardInterrupt) as stopped:
        orm.save_all([Stage(name="first"), Stage(name="second")])
    assert wire.sent == []
    assert Stage.told == [stopped.value]


def test_what_was_read_of_a_new_object_is_sent_once_and_its_saved_row_has_no_changes(wire: Any) -> None:
    moment = datetime(2024, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
    stage = Stage(name="first", opens=moment)
    assert stage.opens == moment
    orm.save_all([stage])
    ((item,),) = [body["requests"] for _, _, body in wire.sent]
    assert item["body"] == {"name": "first", "opens": {"__type": "Date", "iso": "2024-01-02T03:04:05.678Z"}}
    assert (stage.opens, stage.changed, stage.errors.full_messages()) == (moment, [], [])


@pytest.mark.parametrize("save", [lambda one: one.save(), lambda one: orm.save_all([one])], ids=["alone", "in a batch"])
def test_what_is_set_while_a_new_row_is_under_way_waits_for_the_next_save(wire: Any, save: Any) -> None:
    label = Label()

    def meanwhile(method: str, path: str, body: Any) -> None:
        label.name = "later"

    wire.refuse = meanwhile
    save(label)

    assert (label.name, label.changed) == ("later", ["name"])


def test_what_a_new_row_cannot_hold_is_named_and_not_what_was_only_read(wire: Any) -> None:
    fan = Fan.from_json({"className": "Fan", "mail": "older than the rule", "tags": ["a"]})
    assert fan.mail == "older than the rule"
    fan.tags.append(1)

    with pytest.raises(orm.InvalidValue, match=r"Fan\.tags"):
        fan.save()


@pytest.mark.parametrize("save", [lambda one: one.save(), lambda one: orm.save_all([one])], ids=["alone", "in a batch"])
@pytest.mark.parametrize("value", ["later", None])
def test_what_is_set_once_more_while_it_is_sent_waits_for_the_next_save(wire: Any, save: Any, value: Any) -> None:
    label = Label(name="first")

    def meanwhile(method: str, path: str, body: Any) -> None:
        label.name = value

    wire.refuse, usual = meanwhile, wire.refuse
    for sent in ("first", "second"):
        label.name = sent
        save(label)

        assert (label.name, label.changes) == (value, {"name": (sent, value)})
    wire.refuse = usual
    save(label)
    assert (label.name, label.changed) == (value, [])
    assert label.previous_changes == {"name": ("second", value)}


def test_what_is_set_while_a_trigger_changes_it_is_a_change_of_what_the_trigger_made(wire: Any) -> None:
    label = Label.create(name="first")

    def meanwhile(method: str, path: str, body: Any) -> dict[str, Any]:
        label.name = "later"
        return {"updatedAt": "2026-01-02T03:04:06.000Z", "name": "by a trigger"}

    wire.refuse = meanwhile
    label.name = "sent"
    label.save()

    assert (label.name, label.changes) == ("later", {"name": ("by a trigger", "later")})


def test_an_object_whose_row_cannot_be_named_does_not_keep_the_others_from_their_turn(wire: Any) -> None:
    wire.rows["/classes/Player"] = {"results": [{"objectId": ".", "name": "odd"}]}
    odd, new = Player.limit(1).all()[0], Player(name="new")
    odd.name = "still odd"
    result = orm.save_all([odd, new], raise_on_error=False)

    assert result.saved == [new]
    assert [one for one, _ in result.failed] == [odd]
