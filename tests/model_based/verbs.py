"""The verbs of the machine: each works out what must come, calls the library, and compares the answer."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, TypeVar

from hypothesis import strategies as st

import parse_orm as orm
from tests.model_based.misuse import MISUSES
from tests.model_based.models import COLUMNS, MODELS, VALUES, MbArtist, MbSong
from tests.model_based.questions import asked, from_wire, question
from tests.model_based.truth import DONE, FORBIDDEN, MISSING, OPEN, TRIGGERED, Person, Row, Wire, without_nothing
from tests.model_based.world import ERRORS, Answer, Difference, Held, World, to_wire

#: How the delete of a row must end that is gone, or that somebody cannot see.
UNSEEN = "unseen"

Draw = Callable[[Any], Any]
Verb = Callable[[World, Draw], None]
T = TypeVar("T")

#: Verbs by name; a name that stands here several times is drawn more often.
VERBS: list[tuple[str, Verb, Callable[[World], bool]]] = []


def verb(times: int = 1, when: Callable[[World], bool] = lambda world: True) -> Callable[[Verb], Verb]:
    """Register a verb.

    Args:
        times: how often it stands in the table.
        when: whether there is something to do for it.
    """

    def register(function: Verb) -> Verb:
        VERBS.extend([(function.__name__, function, when)] * times)
        return function

    return register


# -- drawing -------------------------------------------------------------------------------


def some_values(draw: Draw, model: Any, nothing: bool = True, most: int = 3) -> Wire:
    """Values for some columns of a model; None stands for a value that is to be removed."""
    names = draw(st.lists(st.sampled_from(COLUMNS[model]), min_size=1, max_size=most, unique=True))
    found = {}
    for name in names:
        none = [None] if nothing and name != "tags" else []
        found[name] = copy.deepcopy(draw(st.sampled_from([*VALUES[name], *none])))
    return found


def python(values: Wire) -> dict[str, Any]:
    """Values as they are handed to the library; lists and dicts are copies of its own."""
    return {name: copy.deepcopy(from_wire(value)) for name, value in values.items()}


def one_of(draw: Draw, choices: Sequence[T]) -> T:
    """One of some things, drawn by its place, so that a report does not print it."""
    return choices[draw(st.integers(0, len(choices) - 1))]


def some_of(draw: Draw, choices: Sequence[T], most: int) -> list[T]:
    """At least one of some things, and each of them once."""
    places = draw(st.lists(st.integers(0, len(choices) - 1), min_size=1, max_size=most, unique=True))
    return [choices[place] for place in places]


def somebody(world: World, draw: Draw) -> Person:
    return one_of(draw, world.actors)


def some_object(world: World, draw: Draw, fits: Callable[[Held], bool] = lambda held: True) -> Held:
    return one_of(draw, [held for held in world.held if fits(held)])


def some_model(draw: Draw) -> Any:
    """A model, and more often one of those that have more columns."""
    return draw(st.sampled_from([MbSong, MbArtist, *MODELS]))


def some_acl(world: World, draw: Draw) -> Wire:
    ann, bob = world.people[2:]
    both = {"read": True, "write": True}
    return copy.deepcopy(
        draw(
            st.sampled_from(
                [
                    {"*": both},
                    {"*": {"read": True}, ann.id: both},
                    {ann.id: both},
                    {bob.id: both, ann.id: {"read": True}},
                    {"*": {"read": True}},
                    {},
                ]
            )
        )
    )


def any_object(fits: Callable[[Held], bool] = lambda held: True) -> Callable[[World], bool]:
    return lambda world: any(fits(held) for held in world.held)


def is_song(held: Held) -> bool:
    return held.model is MbSong


def in_use(held: Held) -> bool:
    return not held.gone


def has_row(held: Held) -> bool:
    return not held.gone and not held.is_new


def has_tags(held: Held) -> bool:
    return not held.gone and "tags" in COLUMNS[held.model]


def has_plays(held: Held) -> bool:
    return not held.gone and "plays" in COLUMNS[held.model]


def artists(world: World) -> list[Row]:
    return [row for row in world.truth.rows.values() if row.class_name == "MbArtist" and not row.gone]


# -- new rows ------------------------------------------------------------------------------


@verb(times=4)
def create(world: World, draw: Draw) -> None:
    model = draw(st.sampled_from(MODELS))
    who, values = somebody(world, draw), some_values(draw, model, nothing=False)
    held = Held(model, None, here=without_nothing(values))
    more: dict[str, Any] = {}
    if draw(st.booleans()):
        held.here["ACL"] = some_acl(world, draw)
        more["acl"] = orm.ACL(held.here["ACL"])
    if model is MbSong:
        held.here.setdefault("mood", "calm")
        if artists(world) and draw(st.booleans()):
            id = one_of(draw, artists(world)).id
            held.here["artist"] = {"__type": "Pointer", "className": "MbArtist", "objectId": id}
            more["artist"] = draw(st.sampled_from([orm.Pointer("MbArtist", id), MbArtist.pointer(id)]))
    end = world.truth.may_create(held.class_name, held.here, who)
    with world.acting(who):
        answer = world.attempt(lambda: model.create(**python(values), **more))
    if world.expect(answer, end, f"create of {held.class_name} by {who.name}"):
        held.obj = answer.value
        world.saved(held)
        world.hold(held)
        world.read(held)


@verb(times=2)
def new_object(world: World, draw: Draw) -> None:
    model = draw(st.sampled_from(MODELS))
    values = some_values(draw, model, nothing=False)
    held = Held(model, model(**python(values)), here=values)
    if model is MbSong:
        held.here.setdefault("mood", "calm")
    if draw(st.booleans()):
        held.here["ACL"] = some_acl(world, draw)
        held.obj.acl = orm.ACL(held.here["ACL"])
    world.hold(held)
    world.read(held)


@verb(when=any_object())
def copy_object(world: World, draw: Draw) -> None:
    one = some_object(world, draw)
    held = Held(one.model, one.obj.copy(), here=copy.deepcopy(one.here))
    if one.is_new and "ACL" not in one.here:
        held.here.pop("ACL", None)
    world.hold(held)
    world.read(held)


@verb(when=any_object())
def twin(world: World, draw: Draw) -> None:
    """A pickled or deep copy takes the place of the object."""
    held = some_object(world, draw)
    make = draw(st.sampled_from([lambda obj: pickle.loads(pickle.dumps(obj)), copy.deepcopy, copy.copy]))
    held.obj = make(held.obj)
    world.read(held)


# -- setting -------------------------------------------------------------------------------


@verb(times=4, when=any_object())
def assign(world: World, draw: Draw) -> None:
    held = some_object(world, draw)
    values = some_values(draw, held.model)
    for name, value in python(values).items():
        if draw(st.booleans()):
            setattr(held.obj, name, value)
        else:
            held.obj[name] = value
    held.here.update(copy.deepcopy(values))
    world.read(held)


@verb(times=2, when=any_object(has_row))
def assign_acl(world: World, draw: Draw) -> None:
    held = some_object(world, draw, has_row)
    acl = some_acl(world, draw)
    if "ACL" not in held.loaded and acl == OPEN:
        acl = {}  # a public list on a row that is public already is not a change
    held.here["ACL"] = acl
    held.obj.acl = orm.ACL(acl)
    world.read(held)


@verb(times=2, when=any_object(has_tags))
def edit_in_place(world: World, draw: Draw) -> None:
    held = some_object(world, draw, has_tags)
    if is_song(held) and held.here.get("info") is not None and draw(st.booleans()):
        held.obj.info["edited"] = held.here["info"]["edited"] = draw(st.sampled_from([1, [2], {"k": 3}]))
    else:
        mark = draw(st.sampled_from(["x", "y", "w"]))
        held.obj.tags.append(mark)
        held.here["tags"] = [*(held.here.get("tags") or []), mark]
    world.read(held)


@verb(times=2, when=any_object(is_song))
def share(world: World, draw: Draw) -> None:
    """Hand one dict and one list to several objects, and change one of them, or the caller's own, afterwards."""
    songs = [held for held in world.held if is_song(held)]
    chosen = some_of(draw, songs, 2)
    info, tags = {"size": 1, "deep": {"n": [1]}}, ["x"]
    for held in chosen:
        held.here.update(info=copy.deepcopy(info), tags=list(tags))
        held.obj.info, held.obj.tags = info, tags
    if draw(st.booleans()):
        info["deep"]["n"].append(2)  # type: ignore[index]
        tags.append("y")
    if len(chosen) == 2 and draw(st.booleans()):
        chosen[0].obj.info["size"] = chosen[0].here["info"]["size"] = 9
        chosen[0].obj.tags.append("q")
        chosen[0].here["tags"].append("q")
    for held in chosen:
        world.read(held)


@verb(when=lambda world: bool(world.held))
def put_into_set(world: World, draw: Draw) -> None:
    """An object has the hash of its row, and none before it has one: its save would change it."""
    for held in world.held:
        if not held.is_new:
            world.same(hash(held.obj), hash(held.model.pointer(held.obj.id)), "the hash of an object")
            continue
        try:
            hash(held.obj)
        except TypeError:
            continue
        raise Difference(f"{held.obj!r} has no id, and a hash")


@verb(when=any_object(has_row))
def rollback(world: World, draw: Draw) -> None:
    held = some_object(world, draw, has_row)
    held.obj.rollback()
    held.here = copy.deepcopy(held.loaded)
    held.joined, held.left = set(), set()
    world.read(held)


@verb(times=2, when=lambda world: any(is_song(held) and in_use(held) for held in world.held) and bool(artists(world)))
def edit_relation(world: World, draw: Draw) -> None:
    held = some_object(world, draw, lambda held: is_song(held) and in_use(held))
    id = one_of(draw, artists(world)).id
    if draw(st.integers(0, 2)):
        held.obj.fans.add(id)
        held.joined.add(id)
        held.left.discard(id)
    elif not held.is_new:
        held.obj.fans.remove(id)
        held.left.add(id)
        held.joined.discard(id)
    world.read(held)


# -- saving --------------------------------------------------------------------------------


@verb(times=5, when=any_object())
def save(world: World, draw: Draw) -> None:
    held, who = some_object(world, draw), somebody(world, draw)
    gone, end = held.gone, world.save_end(held, who)
    with world.acting(who):
        answer = world.attempt(held.obj.save)
    _saved(world, held, answer, gone, end, who)


@verb(times=4, when=any_object())
def update(world: World, draw: Draw) -> None:
    held, who = some_object(world, draw), somebody(world, draw)
    values = some_values(draw, held.model)
    held.here.update(copy.deepcopy(values))
    gone, end = held.gone, world.save_end(held, who)
    with world.acting(who):
        answer = world.attempt(lambda: held.obj.update(**python(values)))
    _saved(world, held, answer, gone, end, who)


def _saved(world: World, held: Held, answer: Answer, gone: bool, end: str, who: Person) -> None:
    what = f"save of {held.class_name} by {who.name}"
    if gone:
        if not isinstance(answer.error, orm.RecordNotSaved):
            raise Difference(f"{what}, which was destroyed, gave {answer.error or answer.value!r}")
    elif world.expect(answer, end, what):
        world.saved(held)
    world.read(held)


@verb(times=3, when=any_object())
def save_all(world: World, draw: Draw) -> None:
    chosen = some_of(draw, world.held, 5)
    chosen = _of_different_rows(chosen)
    who, strict = somebody(world, draw), draw(st.booleans())
    ends = {id(held.obj): FORBIDDEN if held.gone else world.save_end(held, who) for held in chosen}
    with world.acting(who):
        answer = world.attempt(lambda: orm.save_all((held.obj for held in chosen), raise_on_error=strict))
    _outcome(world, answer, ends, strict, f"save_all by {who.name}", saving=True)
    for held in chosen:
        if ends[id(held.obj)] == DONE:
            world.saved(held)
        world.read(held)


def _of_different_rows(chosen: list[Held]) -> list[Held]:
    """Only one object of each row: items of a batch are done in no order."""
    return list({id(held.row) if held.row else id(held): held for held in chosen}.values())


def _outcome(world: World, answer: Answer, ends: dict[int, str], strict: bool, what: str, saving: bool = False) -> None:
    """Compare what a batch reports with what must have become of each object, by the id() of the object."""
    done = {key for key, end in ends.items() if end in (DONE, MISSING)}
    unseen = {key for key, end in ends.items() if end == UNSEEN}
    wrong = {key: end for key, end in ends.items() if key not in done | unseen}
    result = answer.value
    if answer.error is not None:
        if not (strict and (wrong or unseen) and isinstance(answer.error, orm.BatchError)):
            raise Difference(f"{what} failed: {answer.error!r}") from answer.error
        result = answer.error.result  # type: ignore[attr-defined]
        world.same({id(one) for one, _ in answer.error.failed}, set(wrong), f"{what}: failed of the error")  # type: ignore[attr-defined]
    elif strict and (wrong or unseen):
        raise Difference(f"{what} must raise BatchError, and gave {result!r}")
    world.same({id(one) for one in result.saved}, done, f"{what}: saved")
    world.same({id(one) for one, _ in result.failed}, set(wrong), f"{what}: failed")
    world.same({id(one) for one, _ in result.unknown}, unseen, f"{what}: unknown")
    world.same(result.ok, not (wrong or unseen), f"{what}: ok")
    for one, error in result.failed:
        allowed = (*ERRORS[wrong[id(one)]], *((orm.RecordNotSaved,) if saving else ()))
        if not isinstance(error, allowed):
            raise Difference(f"{what}: {one!r} failed with {error!r}, must be {wrong[id(one)]}")


@verb(times=2, when=any_object(in_use))
def transaction(world: World, draw: Draw) -> None:
    chosen = some_of(draw, [held for held in world.held if in_use(held)], 3)
    chosen = _of_different_rows(chosen)
    who = somebody(world, draw)
    doomed = [held for held in chosen if not held.is_new and draw(st.integers(0, 3)) == 0]
    ends = [
        world.truth.may_delete(held.row, who) if held in doomed else world.save_end(held, who)  # type: ignore[arg-type]
        for held in chosen
    ]

    def run() -> None:
        with orm.transaction() as tx:
            for held in chosen:
                (tx.destroy if held in doomed else tx.save)(held.obj)

    with world.acting(who):
        answer = world.attempt(run)
    if all(end == DONE for end in ends):
        world.expect(answer, DONE, f"transaction by {who.name}")
        for held in chosen:
            if held in doomed:
                held.gone = True
                world.truth.deleted([held.row])  # type: ignore[list-item]
            else:
                world.saved(held)
    elif not isinstance(answer.error, orm.ParseError):
        raise Difference(f"a transaction that comes to {ends} gave {answer.error or answer.value!r}")
    for held in chosen:
        world.read(held)


# -- operations ----------------------------------------------------------------------------


@verb(times=3, when=any_object(has_plays))
def increment(world: World, draw: Draw) -> None:
    held, who, by = some_object(world, draw, has_plays), somebody(world, draw), draw(st.integers(-2, 3))
    waiting = held.waiting()
    _operate(
        world,
        held,
        who,
        "plays",
        "plays" in waiting,
        lambda: held.obj.increment("plays", by),
        lambda value: (value or 0) + by,
        "increment",
    )


@verb(times=3, when=any_object(has_tags))
def edit_array(world: World, draw: Draw) -> None:
    held, who = some_object(world, draw, has_tags), somebody(world, draw)
    name = draw(st.sampled_from(["add", "add_unique", "remove"]))
    mark = draw(st.sampled_from(["x", "y", "w"]))

    def change(value: Any) -> Any:
        old = value or []
        if name == "remove":
            return [one for one in old if one != mark]
        return old if name == "add_unique" and mark in old else [*old, mark]

    call = getattr(held.obj, name)
    _operate(world, held, who, "tags", "tags" in held.waiting(), lambda: call("tags", mark), change, name)


def _operate(
    world: World,
    held: Held,
    who: Person,
    column: str,
    waits: bool,
    call: Callable[[], Any],
    change: Callable[[Any], Any],
    name: str,
) -> None:
    """An atomic operation: at once on the row; on the value here where one waits to be saved, which is then saved."""
    row = held.row
    if row is None or waits:
        held.here[column] = change(held.here.get(column))
        end = DONE if row is None else world.save_end(held, who)
    else:
        end = world.truth.may_change(row, {}, who)
    with world.acting(who):
        answer = world.attempt(call)
    if world.expect(answer, end, f"{name} of {held.class_name}.{column} by {who.name}") and row is not None:
        if waits:
            world.saved(held)
        else:
            before = row.columns.get(column)
            told = world.truth.changed(row, {column: change(before)})
            if column == "tags":
                _take_order(held, row)
            known = {column: row.columns.get(column), **told}
            seen = to_wire(getattr(held.obj, column))
            if before == known[column] and row.class_name in TRIGGERED and seen == change(held.loaded.get(column)):
                known[column] = seen  # the server does not tell a value that an operation left as it was (9.10)
            _know_beside(held, known)
    world.read(held)


def _take_order(held: Held, row: Row) -> None:
    """The server may reorder an array and drop doubles of it (9.10): which it did, the object has been told."""
    told = list(held.obj.tags)
    if row.columns.get("tags") and set(told) == set(row.columns["tags"]):
        row.columns["tags"] = told


def _know_beside(held: Held, known: Wire) -> None:
    """Take over what the server told; a column that waits to be saved keeps its value."""
    waiting = held.waiting()
    held.loaded.update(copy.deepcopy(known))
    held.here.update(copy.deepcopy({name: value for name, value in known.items() if name not in waiting}))


@verb(when=any_object(lambda held: is_song(held) and has_row(held)))
def increment_inside(world: World, draw: Draw) -> None:
    held = some_object(world, draw, lambda held: is_song(held) and has_row(held))
    who, row = somebody(world, draw), held.row
    assert row is not None
    if held.loaded.get("info") is None or row.columns.get("info") is None or "info" in held.waiting():
        return refetch(world, draw)
    end = world.truth.may_change(row, {}, who)
    with world.acting(who):
        answer = world.attempt(lambda: held.obj.increment("info.size", 2))
    if world.expect(answer, end, f"increment of info.size by {who.name}"):
        size = row.columns["info"].get("size", 0) + 2
        told = world.truth.changed(row, {"info": {**row.columns["info"], "size": size}})
        _know_beside(held, {"info": {**held.loaded["info"], "size": size}, **told})
    return world.read(held)


@verb(times=2, when=any_object(in_use))
def unset(world: World, draw: Draw) -> None:
    held, who = some_object(world, draw, in_use), somebody(world, draw)
    column = draw(st.sampled_from([name for name in COLUMNS[held.model] if name not in ("mood", "tags")]))
    row, sends = held.row, not held.is_new and held.loaded.get(column) is not None
    end = world.truth.may_change(row, {column: None}, who) if sends and row else DONE
    with world.acting(who):
        answer = world.attempt(lambda: held.obj.unset(column))
    if world.expect(answer, end, f"unset of {held.class_name}.{column} by {who.name}"):
        held.here[column] = None
        if sends and row is not None:
            told = world.truth.changed(row, {column: None})
            held.loaded[column] = None
            _know_beside(held, told)
    world.read(held)


# -- reading -------------------------------------------------------------------------------


@verb(times=2, when=any_object(has_row))
def refetch(world: World, draw: Draw) -> None:
    held, who = some_object(world, draw, has_row), somebody(world, draw)
    keep = draw(st.booleans())
    row = held.row
    assert row is not None
    waiting = held.waiting() if keep else {}
    with world.acting(who):
        answer = world.attempt(held.obj.fetch if keep else held.obj.reload)
    if world.expect(answer, DONE if row.seen_by(who) else MISSING, f"fetch by {who.name}"):
        held.loaded = copy.deepcopy({**row.columns, **({} if row.acl is None else {"ACL": row.acl})})
        held.here = {**copy.deepcopy(held.loaded), **waiting}
        if not keep:
            held.joined, held.left = set(), set()
    world.read(held)


@verb(times=8)
def ask(world: World, draw: Draw) -> None:
    """A question: its rows, in order, and their number."""
    model, who = some_model(draw), somebody(world, draw)
    found, fits = question(draw, model, who, world.truth)
    rows = world.truth.seen(model.schema.class_name, who, fits)
    query = asked(model, found)
    column = draw(st.sampled_from(["", "title", "-title"]))
    with world.acting(who):
        if draw(st.booleans()):
            world.same(world.attempt(query.count).value, len(rows), f"count of {query!r} by {who.name}")
        objects = world.attempt((query.order(column) if column else query).all).value
    _same_rows(world, objects, rows, f"{query!r} by {who.name}")
    values = [one.title for one in objects if one.title is not None]
    if column:
        world.same(values, sorted(values, reverse=column[0] == "-"), f"order {column} of {query!r}")
    age = list(world.truth.rows)
    for one in sorted(objects, key=lambda one: age.index(one.id))[:2]:  # ids are random, and a run must be repeatable
        world.read(world.hold_row(one, world.truth.rows[one.id]))


def _same_rows(world: World, objects: Any, rows: list[Row], what: str) -> None:
    if objects is None:
        raise Difference(f"{what} failed")
    world.same(sorted(one.id for one in objects), sorted(row.id for row in rows), what)


@verb(times=2, when=any_object(lambda held: is_song(held) and not held.is_new))
def ask_relation(world: World, draw: Draw) -> None:
    """The rows of a relation: all, in an order, narrowed, or all but some."""
    held = some_object(world, draw, lambda held: is_song(held) and not held.is_new)
    who = somebody(world, draw)
    members = {member for owner, member in world.truth.fans if held.row and owner == held.row.id}
    owner_is_seen = held.row is not None and held.row.seen_by(who)
    title = draw(st.sampled_from(VALUES["title"]))
    fans = held.obj.fans
    form, fits = draw(
        st.sampled_from(
            [
                (lambda: fans.all(), lambda row: True),
                (lambda: list(fans), lambda row: True),
                (lambda: fans.order("title").all(), lambda row: True),
                (lambda: list(fans.order("-plays")), lambda row: True),
                (lambda: fans.where(title=title).all(), lambda row: row.columns.get("title") == title),
                (lambda: fans.where(~(MbArtist.title == title)).all(), lambda row: row.columns.get("title") != title),
                (
                    lambda: fans.where((MbArtist.title == title) | MbArtist.plays.is_null()).order("title").all(),
                    lambda row: row.columns.get("title") == title or row.columns.get("plays") is None,
                ),
                (
                    lambda: fans.where(title__not_in=iter([title, None])).all(),
                    lambda row: row.columns.get("title") not in (title, None),
                ),
            ]
        )
    )
    with world.acting(who):
        answer = world.attempt(form)
    if answer.error is not None:
        raise Difference(f"rows of a relation by {who.name}: {answer.error!r}") from answer.error
    rows = world.truth.seen("MbArtist", who, lambda row: row.id in members and fits(row))
    if owner_is_seen or answer.value:
        _same_rows(world, answer.value, rows, f"rows of a relation by {who.name}")


@verb(times=2, when=lambda world: bool(world.truth.rows))
def by_id(world: World, draw: Draw) -> None:
    """One row by its id: found, not found, or through a pointer that is read later."""
    row, who = one_of(draw, list(world.truth.rows.values())), somebody(world, draw)
    model = next(model for model in MODELS if model.schema.class_name == row.class_name)
    form = draw(st.sampled_from(["find", "get", "pointer", "query"]))
    with world.acting(who):
        if form == "find":
            answer = world.attempt(lambda: model.find(row.id))
            world.same(answer.value is not None, row.seen_by(who), f"find by {who.name}")
        elif form == "get":
            answer = world.attempt(lambda: model.get(row.id))
            world.expect(answer, DONE if row.seen_by(who) else MISSING, f"get by {who.name}")
        elif form == "query":
            answer = world.attempt(lambda: model.where(id__in=(one for one in [row.id])).first())
            world.same(answer.value is not None, row.seen_by(who), f"first by {who.name}")
        else:
            pointer = model.pointer(row.id)
            answer = world.attempt(lambda: (pointer.title, pointer)[1])
            world.expect(answer, DONE if row.seen_by(who) else MISSING, f"pointer by {who.name}")
        if answer.value is not None:
            world.read(world.hold_row(answer.value, row))


@verb(times=2)
def go_through(world: World, draw: Draw) -> None:
    """Pages of a loop: each row once, also when the loop saves rows in the very order that it goes by."""
    model = draw(st.sampled_from([MbSong, MbArtist]))
    master = world.people[0]
    rows = world.truth.seen(model.schema.class_name, master)
    column = draw(st.sampled_from(["id", "plays", "-plays", "created_at"]))
    moves = column == "plays"
    seen: list[str] = []
    with orm.as_master():
        pages = (model.query() if column == "id" else model.order(column)).each(batch_size=2)
        for one in islice(pages, 3 * len(rows) + 3):
            seen.append(one.id)
            if moves:
                row = world.truth.rows[one.id]
                value = (row.columns.get("plays") or 0) + 10
                if world.expect(
                    world.attempt(lambda one=one, value=value: one.update(plays=value)),  # type: ignore[misc]
                    world.truth.may_change(row, {"plays": value}, master),
                    "update in a loop",
                ):
                    world.truth.changed(row, {"plays": value})
    world.same(sorted(seen), sorted(row.id for row in rows), f"rows of a loop by {column}{' that saves' * moves}")


# -- deleting ------------------------------------------------------------------------------


@verb(times=4, when=any_object())
def destroy(world: World, draw: Draw) -> None:
    held, who = some_object(world, draw), somebody(world, draw)
    end = _end_of_delete(world, held, who)
    with world.acting(who):
        answer = world.attempt(held.obj.destroy)
    what = f"destroy of {held.class_name} by {who.name}"
    if end == UNSEEN:
        world.expect(answer, MISSING, what)
    elif held.is_new or end == MISSING:
        world.expect(answer, DONE, what)
        world.same(answer.value, False, what)
    elif world.expect(answer, end, what):
        world.same(answer.value, True, what)
        world.truth.deleted([held.row])  # type: ignore[list-item]
        held.gone = True
    world.read(held)


def _end_of_delete(world: World, held: Held, who: Person) -> str:
    """What a delete of an object must say; MISSING when its row is known to be gone, UNSEEN when it may be hidden."""
    end = DONE if held.row is None else world.truth.may_delete(held.row, who)
    return UNSEEN if end == MISSING and not (held.gone or who.is_master) else end


@verb(times=2, when=any_object())
def destroy_objects(world: World, draw: Draw) -> None:
    chosen = _of_different_rows(some_of(draw, world.held, 4))
    who, strict = somebody(world, draw), draw(st.booleans())
    ends = {id(held.obj): _end_of_delete(world, held, who) for held in chosen if not held.is_new}
    with world.acting(who):
        answer = world.attempt(lambda: orm.destroy_all((held.obj for held in chosen), raise_on_error=strict))
    _outcome(world, answer, ends, strict, f"destroy_all by {who.name}")
    for held in chosen:
        if held.row is not None and ends.get(id(held.obj)) in (DONE, MISSING):
            held.gone = True
            if ends[id(held.obj)] == DONE:
                world.truth.deleted([held.row])


@verb(times=4)
def write_many(world: World, draw: Draw) -> None:
    """update_all, delete_all or destroy_all of a question: what the rights and the triggers leave undone is told."""
    model, who = some_model(draw), somebody(world, draw)
    found, fits = question(draw, model, who, world.truth)
    rows = world.truth.seen(model.schema.class_name, who, fits)
    name, strict = draw(st.sampled_from(["update_all", "update_all", "delete_all", "destroy_all"])), draw(st.booleans())
    values: Wire = {}
    if name == "update_all":
        values = some_values(draw, model)
        ends = {row.id: world.truth.may_change(row, values, who) for row in rows}
    else:
        ends = {row.id: world.truth.may_delete(row, who) for row in rows}
    call = getattr(asked(model, found), name)
    what = f"{name} of {found!r} by {who.name}"
    with world.acting(who):
        answer = world.attempt(lambda: call(raise_on_error=strict, **python(values)))
    result = answer.error.result if isinstance(answer.error, orm.BatchError) else answer.value
    if result is None:
        raise Difference(f"{what} failed: {answer.error!r}")
    done = {id for id, end in ends.items() if end == DONE}
    world.same(isinstance(answer.error, orm.BatchError), strict and len(done) < len(ends), f"{what}: it raises")
    world.same({one.id for one in result.saved}, done, f"{what}: saved")
    world.same({one.id for one, _ in result.failed}, set(ends) - done, f"{what}: failed")
    for row in rows:
        if row.id in done:
            if name == "update_all":
                world.truth.changed(row, values)
            else:
                world.truth.deleted([row])


# -- rows that are found or made ------------------------------------------------------------


@verb(times=3)
def find_or_make(world: World, draw: Draw) -> None:
    """first_or_create and create_or_update, on a model or behind conditions."""
    who = somebody(world, draw)
    title, plays = draw(st.sampled_from(VALUES["title"])), draw(st.sampled_from(VALUES["plays"]))
    live = draw(st.booleans())
    narrowed, name = draw(st.booleans()), draw(st.sampled_from(["first_or_create", "create_or_update"]))
    query = MbSong.where(live=live) if narrowed else MbSong.query()
    conditions: Wire = {"title": title, **({"live": live} if narrowed else {})}
    fitting = world.truth.seen(
        "MbSong", who, lambda row: all(row.columns.get(key) == value for key, value in conditions.items())
    )
    if len(fitting) > 1:
        return ask(world, draw)  # which of them is found is for random ids to say, and a run must be repeatable
    with world.acting(who):
        answer = world.attempt(lambda: getattr(query, name)(title=title, defaults={"plays": plays}))
    what = f"{name} of {conditions} by {who.name}"
    if not fitting:
        world.expect(answer, DONE, what)
        held = Held(MbSong, answer.value, here={**conditions, "plays": plays, "mood": "calm"})
        world.saved(held)
        world.hold(held)
        return world.read(held)
    changes = name == "create_or_update"
    if answer.error is not None:
        ends = {world.truth.may_change(row, {"plays": plays}, who) for row in fitting} - {DONE}
        if not (changes and ends and isinstance(answer.error, tuple(one for end in ends for one in ERRORS[end]))):
            raise Difference(f"{what} failed: {answer.error!r}") from answer.error
        return None
    row = world.truth.rows.get(answer.value.id)
    if row not in fitting:
        raise Difference(f"{what} gave {answer.value!r}, which is none of the rows that fit")
    held = world.hold_row(answer.value, row)
    if changes:
        held.here["plays"] = plays
        if world.save_end(held, who) != DONE:
            raise Difference(f"{what} reports what must not have been done")
        world.saved(held)
    return world.read(held)


# -- people --------------------------------------------------------------------------------


@verb()
def log_in(world: World, draw: Draw) -> None:
    person = one_of(draw, world.people[2:])
    if draw(st.integers(0, 3)) == 0:
        answer = world.attempt(lambda: orm.User.login(person.name, "a wrong secret"))
        if not isinstance(answer.error, orm.InvalidCredentials):
            raise Difference(f"a login with a wrong password gave {answer.error or answer.value!r}")
        return
    user = orm.User.login(person.name, person.password)
    world.same(user.id, person.id, "the user of a login")
    world.users[person.name] = user
    person.alive, person.sessions = True, person.sessions + 1


@verb()
def log_out(world: World, draw: Draw) -> None:
    person = one_of(draw, world.people[2:])
    user = world.users[person.name]
    token = user.session_token
    world.same(user.logout(), person.alive, f"logout of {person.name}")
    _ended(world, person, token, 1 if person.alive else 0)


def _ended(world: World, person: Person, token: Any, sessions: int) -> None:
    person.sessions -= sessions
    if person.alive and token:
        world.dead_tokens.append(token)
    person.alive = False


@verb(times=2)
def end_sessions(world: World, draw: Draw) -> None:
    """Session verbs: how many there are, and the end of all of them or of one."""
    person = one_of(draw, world.people[2:])
    user = world.users[person.name]
    token = user.session_token
    form = draw(st.sampled_from(["count", "count", "all", "one"]))
    with orm.as_master():
        if form == "count":
            world.same(orm.Session.for_user(user).count(), person.sessions, f"sessions of {person.name}")
            world.same(orm.Session.active_count_for_user(user), person.sessions, f"active sessions of {person.name}")
        elif form == "all":
            world.same(orm.Session.revoke_all_for_user(user), person.sessions, "sessions that were ended")
            _ended(world, person, token, person.sessions)
        elif token is None:
            world.same(len(user.sessions()), person.sessions, f"sessions of {person.name}, who is logged out")
        elif not person.alive:
            world.same(orm.Session.for_token(token), None, "the session of a dead token")
        else:
            session = orm.Session.for_token(token)
            world.same(session is not None and session.revoke(), True, "one session is ended")
            _ended(world, person, token, 1)


@verb(times=2, when=lambda world: any(person.alive for person in world.people[2:]))
def change_password(world: World, draw: Draw) -> None:
    """A new password inside a block of its user: every other session ends, and the block goes on."""
    person = one_of(draw, [person for person in world.people[2:] if person.alive])
    user = world.users[person.name]
    by_save = draw(st.booleans())
    new = f"secret {len(world.trail)} of {person.name}"
    songs = len(world.truth.seen("MbSong", person))
    old = user.session_token
    with orm.as_user(user):
        if by_save:
            user.password = new
            user.save()
        else:
            user.change_password(new)
        answer = world.attempt(MbSong.count)
    world.dead_tokens.append(old)
    person.password, person.sessions = new, 1
    if answer.error is not None:
        raise Difference(f"after a new password the block is dead: {answer.error!r}") from answer.error
    world.same(answer.value, songs, "songs in the block after a new password")


@verb(when=lambda world: bool(world.dead_tokens))
def act_with_dead_token(world: World, draw: Draw) -> None:
    with orm.as_user(draw(st.sampled_from(world.dead_tokens))):
        call = draw(
            st.sampled_from(
                [MbSong.count, lambda: MbSong.create(title="a"), lambda: MbSong.where().update_all(title="a")]
            )
        )
        answer = world.attempt(call)
    if not isinstance(answer.error, orm.InvalidSessionToken):
        raise Difference(f"a dead token gave {answer.error or answer.value!r}")


# -- misuse --------------------------------------------------------------------------------


@verb(times=6)
def misuse(world: World, draw: Draw) -> None:
    """Calls that cannot be meant raise errors of the library's, and change nothing."""
    places = draw(st.lists(st.integers(0, len(MISUSES) - 1), min_size=5, max_size=5, unique=True))
    held = [one.obj for one in world.held if is_song(one) and has_row(one)]
    user = world.users[draw(st.sampled_from(["ann", "bob"]))]
    with orm.as_master():
        for name, call in (MISUSES[place] for place in places):
            song = held[-1] if held else MbSong(title="b", tags=["x"])
            answer = world.attempt(lambda call=call, song=song: call(song, user))  # type: ignore[misc]
            if answer.error is None:
                raise Difference(f"misuse is accepted: {name} gave {answer.value!r}")
    for one in world.held:
        world.read(one)


def table() -> list[tuple[str, Verb, Callable[[World], bool]]]:
    """The verbs that are tried."""
    return VERBS
