"""The getters in C and those in Python do the same; those in C also refuse what would harm the interpreter."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import weakref
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.fields import getters as in_python
from parse_orm.fields.origin import HERE, Origin
from parse_orm.fields.record import Record
from parse_orm.meta.registry import registry
from tests.unit.compiler import part_in_c

MOMENT = datetime(2024, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
ISO = "2024-01-02T03:04:05.678Z"

#: The modules that take a getter for a column.
USERS = [
    import_module(f"parse_orm.{name}")
    for name in ("fields.acl", "fields.array", "fields.containers", "fields.field", "associations.belongs_to")
]


def in_c() -> ModuleType:
    """The module in C."""
    return part_in_c("fields._getters")


def read_through(chosen: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let columns that are declared now be read through the getters of a module."""
    for user in USERS:
        monkeypatch.setattr(user, "getters", chosen)


@pytest.fixture(params=["Python", "C"])
def getters(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """One of the two modules, which columns that are declared now are read through."""
    chosen = in_python if request.param == "Python" else in_c()
    read_through(chosen, monkeypatch)
    return chosen


class Size(Enum):
    SMALL = "small"


@pytest.fixture
def model(getters: ModuleType) -> Any:
    class Maker(orm.ParseObject):
        name = orm.property(str)

    class Thing(orm.ParseObject):
        title = orm.property(str, default="untitled")
        share = orm.property(float)
        born = orm.property(datetime)
        size = orm.property(Size)
        info = orm.property(dict)
        tags = orm.array(str)
        dates = orm.array(datetime)
        mixed = orm.array()
        place = orm.property(orm.GeoPoint)
        maker = orm.belongs_to(Maker)
        makers = orm.has_many(Maker, through="array")

    return Thing


def thing(model: Any, **wire: Any) -> Any:
    (made,) = model._hydrate([{"objectId": "xWMyZ4YEGZ", **wire}], Origin())
    return made


@pytest.mark.parametrize(
    ("name", "wire", "value"),
    [
        ("id", "xWMyZ4YEGZ", "xWMyZ4YEGZ"),
        ("title", "Clock", "Clock"),
        ("title", "", ""),
        ("share", 4, 4.0),
        ("share", 0.25, 0.25),
        ("share", 10**300, 1e300),
        ("share", "a text that another client wrote", "a text that another client wrote"),
        ("born", {"__type": "Date", "iso": ISO}, MOMENT),
        ("born", {"__type": "Date", "iso": "2024-01-02T05:04:05.678+02:00"}, MOMENT),
        ("born", {"__type": "Date", "iso": "2024-01-02T03:04:05.678"}, MOMENT),
        ("born", {"__type": "Date", "iso": "Tue, 02 Jan 2024 03:04:05.678 GMT"}, MOMENT),
        ("createdAt", ISO, MOMENT),
        ("size", "small", Size.SMALL),
        ("size", "huge", "huge"),
        ("info", {}, {}),
        ("info", {"a": 1, "b": "c"}, {"a": 1, "b": "c"}),
        ("info", {"a": {"b": [1]}, "at": {"__type": "Date", "iso": ISO}}, {"a": {"b": [1]}, "at": MOMENT}),
        ("info", {"__type": "GeoPoint", "latitude": 1, "longitude": 2}, orm.GeoPoint(1, 2)),
        ("tags", ["a", "b"], ["a", "b"]),
        ("dates", [{"__type": "Date", "iso": ISO}, None], [MOMENT, None]),
        ("mixed", [1, {"a": 2}, {"__type": "Date", "iso": ISO}], [1, {"a": 2}, MOMENT]),
        ("place", {"__type": "GeoPoint", "latitude": 1, "longitude": 2}, orm.GeoPoint(1, 2)),
        ("ACL", {"*": {"read": True}}, orm.ACL({"*": {"read": True}})),
    ],
)
def test_a_value_that_came_is_read(model: Any, name: str, wire: Any, value: Any) -> None:
    path = "objectId" if name == "id" else name
    attribute = {"createdAt": "created_at", "ACL": "acl"}.get(name, name)
    one = thing(model, **{path: wire})

    first, second = getattr(one, attribute), getattr(one, attribute)

    assert first == second == value
    assert type(first) is type(value)
    assert first is second or name in {"share", "title", "id"}
    assert one.changed == []


@pytest.mark.parametrize("came", [{}, {"title": None, "share": None, "born": None, "info": None, "maker": None}])
def test_what_did_not_come_is_none_whatever_new_objects_get(model: Any, came: dict[str, Any]) -> None:
    one = thing(model, **came)

    assert (one.title, one.share, one.born, one.info, one.maker) == (None, None, None, None, None)
    assert (one.tags, one.makers) == ([], [])
    assert one.acl.public_write  # a row without a list is open to everybody


def test_none_that_was_set_hides_what_came(model: Any) -> None:
    one = thing(model, info={"a": 1}, born={"__type": "Date", "iso": ISO}, title="Clock")
    assert (one.info, one.born) == ({"a": 1}, MOMENT)

    one.info = one.born = one.title = None

    assert (one.info, one.born, one.title) == (None, None, None)


def test_a_copy_of_a_dict_or_list_is_given(model: Any) -> None:
    info, tags = {"a": 1}, ["a"]
    one = thing(model, info=info, tags=tags)

    one.info["b"] = 2
    one.tags.append("b")

    assert (info, tags) == ({"a": 1}, ["a"])
    assert sorted(one.changed) == ["info", "tags"]


def test_a_pointer_leads_to_an_object_that_knows_its_id_or_its_row(model: Any) -> None:
    bare = thing(model, maker={"__type": "Pointer", "className": "Maker", "objectId": "abcdefghij"})
    row = {"__type": "Object", "className": "Maker", "objectId": "abcdefghij", "name": "Ann"}
    came = thing(model, maker=row)

    assert (bare.maker.id, bare.maker.is_complete) == ("abcdefghij", False)
    assert (came.maker.id, came.maker.name, came.maker.is_complete) == ("abcdefghij", "Ann", True)
    assert type(bare.maker) is type(came.maker) is registry.for_class("Maker")
    assert bare.maker is bare.maker
    came.maker.name = "Bob"
    assert row["name"] == "Ann"


def test_a_pointer_follows_the_newest_model_of_its_name(model: Any) -> None:
    pointer = {"__type": "Pointer", "className": "Maker", "objectId": "abcdefghij"}
    rows = [{"objectId": name * 10, "maker": pointer} for name in "abc"]
    first, second, third = model._hydrate(rows, Origin())
    known: Any = type(first.maker)
    assert type(second.maker) is known

    class NewMaker(known, class_name="Maker"):  # type: ignore[misc]
        pass

    assert type(third.maker) is NewMaker


def test_a_pointer_column_is_a_question_on_its_class(model: Any) -> None:
    assert model.where(model.maker.name == "Ann").to_params()["where"]["maker"]["$inQuery"]["className"] == "Maker"


def test_a_text_that_is_no_date_is_refused_by_name(model: Any) -> None:
    with pytest.raises(orm.InvalidValue, match="'soon' is not a date"):
        thing(model, born={"__type": "Date", "iso": "soon"}).born  # noqa: B018
    with pytest.raises(KeyError, match="iso"):
        thing(model, born={"__type": "Date"}).born  # noqa: B018


def test_a_pointer_column_that_holds_a_text_is_refused(model: Any) -> None:
    with pytest.raises(TypeError):
        thing(model, maker="abcdefghij").maker  # noqa: B018


def test_a_joining_property_has_a_value_of_its_own_on_the_class(getters: ModuleType) -> None:
    class Column(getters.Joining):  # type: ignore[name-defined,misc]
        def _join(self) -> str:
            return "the class"

    class Table:
        column = Column(lambda table: "an object")

    assert (Table.column, Table().column) == ("the class", "an object")


def test_an_error_in_what_decodes_is_raised_and_nothing_is_kept(model: Any) -> None:
    one = thing(model, place={"__type": "GeoPoint"})

    for _ in range(2):
        with pytest.raises(KeyError, match="latitude"):
            one.place  # noqa: B018


# -- what only the part in C can get wrong -----------------------------------------------------


def absent(record: Any) -> str:
    return "absent"


def each_getter(module: ModuleType) -> list[Callable[..., Any]]:
    two = [getattr(module, name)("title", absent) for name in ("native", "real", "date", "acl")]
    three = [getattr(module, name)("title", absent, print) for name in ("decoded", "made", "container")]
    return [*two, *three, module.referred("title", absent, print, "Maker")]


def test_a_getter_in_c_takes_one_object_of_a_model_and_nothing_else() -> None:
    class Other:
        _wire = {"title": "x"}  # noqa: RUF012
        _seen = None

    for getter in each_getter(in_c()):
        for given in ((), (Other(),), (None,), (Record, Record), (3,)):
            with pytest.raises(TypeError, match="one object of a model"):
                getter(*given)
        with pytest.raises(TypeError, match="one object of a model"):
            getter(record=Record())


def test_a_getter_in_c_says_which_slot_of_an_object_is_empty() -> None:
    for getter in each_getter(in_c()):
        with pytest.raises(AttributeError, match=r"_wire|_seen"):
            getter(Record())


def test_a_getter_in_c_is_made_of_a_path_and_functions() -> None:
    module = in_c()
    for name in ("native", "real", "date", "acl", "decoded", "made", "container", "referred"):
        with pytest.raises(TypeError, match="a path and"):
            getattr(module, name)("title")
        with pytest.raises(TypeError, match="a path and"):
            getattr(module, name)(3, absent, print, "Maker")
    with pytest.raises(TypeError):
        type(module.native("title", absent))()


@pytest.mark.parametrize(
    "lead", [None, (), (int, HERE, HERE), ("Maker", HERE, HERE), (Record, HERE)], ids=lambda lead: str(lead)[:20]
)
def test_a_pointer_in_c_leads_to_models_only(lead: Any) -> None:
    record = Record()
    record._begin({"maker": {"__type": "Pointer", "className": "Maker", "objectId": "abcdefghij"}}, Origin())

    with pytest.raises(TypeError):
        in_c().referred("maker", absent, lambda origin: lead, "Maker")(record)


def test_a_value_may_be_forgotten_while_it_is_made() -> None:
    def forget(record: Any, wire: Any) -> str:
        record._seen = None
        record._wire = {}
        gc.collect()
        return "".join(wire)

    record = Record()
    record._begin({"tags": ["a", "b"]}, Origin())

    assert in_c().made("tags", absent, forget)(record) == "ab"
    assert in_c().made("tags", absent, forget)(record) == "absent"


def test_getters_in_c_that_refer_to_themselves_are_collected() -> None:
    class Column:
        def __init__(self) -> None:
            self.getter = in_c().made("title", self.absent, self.absent)

        def absent(self, *given: Any) -> None:
            pass

    column = weakref.ref(Column())
    gc.collect()

    assert column() is None


def test_reading_through_c_leaves_no_reference_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    read_through(in_c(), monkeypatch)

    class Held(orm.ParseObject):
        share = orm.property(float)
        born = orm.property(datetime)
        info = orm.property(dict)
        tags = orm.array(str)
        held = orm.belongs_to("Held")

    wire: dict[str, Any] = {
        "objectId": "xWMyZ4YEGZ",
        "share": 4321,
        "born": {"__type": "Date", "iso": ISO},
        "info": {"a": MOMENT},
        "tags": ["some text"],
        "held": {"__type": "Pointer", "className": "Held", "objectId": "abcdefghij"},
        "ACL": {"*": {"read": True}},
    }
    origin = Origin()

    def counts() -> list[int]:
        gc.collect()
        values = [value for one in wire.values() for value in (one, *(one.values() if isinstance(one, dict) else ()))]
        leads = [item for _, lead in origin.leads.values() for item in (lead, *lead)]
        return [sys.getrefcount(one) for one in (*values, *leads, wire, origin, Held.held._via[0], None)]

    def read() -> None:
        (one,) = Held._hydrate([wire], origin)
        for _ in range(2):
            assert (one.id, one.share, one.born, one.tags) == ("xWMyZ4YEGZ", 4321, MOMENT, ["some text"])
            assert (one.info, one.held.id, one.acl.public_read) == ({"a": MOMENT}, "abcdefghij", True)

    read()
    before = counts()
    for _ in range(100):
        read()

    assert [now - then for now, then in zip(counts(), before, strict=True) if abs(now - then) > 20] == []


def test_the_getters_in_python_are_used_when_asked_for() -> None:
    code = "from parse_orm.fields.reading import getters; print(getters.__name__)"

    def chosen(**environment: str) -> str:
        inherited = {name: value for name, value in os.environ.items() if name != "PARSE_ORM_PURE_PYTHON"}
        done = subprocess.run([sys.executable, "-c", code], env=inherited | environment, stdout=subprocess.PIPE)
        return done.stdout.decode().strip()

    assert chosen(PARSE_ORM_PURE_PYTHON="1") == "parse_orm.fields.getters"
    assert chosen() == in_c().__name__
