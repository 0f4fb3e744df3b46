"""Values that are nested deep, or in a circle: sent up to a bound, and refused beyond it by an error of ours."""

from __future__ import annotations

import copy
import json as plain_json
import pickle
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import pytest

import parse_orm as orm
from parse_orm.client.failures import error_from
from parse_orm.client.idempotency import is_repeatable
from parse_orm.client.redaction import HIDDEN, safe_body
from parse_orm.codec import encode as encoding
from parse_orm.codec import json
from parse_orm.codec.decode import decode, without_rows
from parse_orm.errors import BadQuery, InvalidValue
from parse_orm.expressions.where import same
from parse_orm.transport.messages import Response
from parse_orm.types.depth import DEEPEST, DEEPEST_TEXT, TooDeep, refuse_deep
from tests.unit.compiler import part_in_c

Around = Callable[[Any], Any]

#: How one level is put around a value.
SHAPES: dict[str, Around] = {
    "list": lambda inner: [inner],
    "dict": lambda inner: {"k": inner},
    "tuple": lambda inner: (inner,),
    "a dict of another class": lambda inner: OrderedDict(k=inner),
    "a list that C leaves to Python": lambda inner: [datetime(2024, 1, 1, tzinfo=UTC), inner],
}
DATED = SHAPES["a list that C leaves to Python"]
PLAIN = tuple(SHAPES)[:4]


class Crate(orm.ParseObject):
    items = orm.property(list)
    info = orm.property(dict)
    lists = orm.array(list)
    anything = orm.array()
    title = orm.property(str)


def nested(levels: int, around: Around = SHAPES["list"], inner: Any = 1) -> Any:
    for _ in range(levels):
        inner = around(inner)
    return inner


def circle() -> list[Any]:
    value: list[Any] = [1]
    value += [value, value]
    return value


@pytest.fixture(params=["C", "Python"])
def encoder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Encode with the part in C, and without."""
    if request.param == "C":
        part_in_c("codec._encode")
    else:
        monkeypatch.setattr(encoding, "copied", encoding._not_copied)
        monkeypatch.setattr(encoding, "encode_row", encoding._encode_row)


@pytest.fixture(params=["orjson", "C", "plain"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write JSON with orjson, with the part in C instead, and with the standard library alone."""
    if request.param != "orjson":
        writers = () if request.param == "plain" else (part_in_c("codec._writer").write,)
        monkeypatch.setattr(json, "_loads", None)
        monkeypatch.setattr(json, "_writers", writers)
    return str(request.param)


@pytest.mark.usefixtures("encoder")
@pytest.mark.parametrize("around", SHAPES.values(), ids=SHAPES)
def test_a_value_of_100_levels_is_sent_and_one_of_101_refused(around: Around) -> None:
    encoding.encode(nested(DEEPEST, around))

    with pytest.raises(InvalidValue, match=r"^value\[.* more than 100 levels deep, or in a circle$"):
        encoding.encode(nested(DEEPEST + 1, around))


@pytest.mark.usefixtures("encoder")
def test_a_circle_is_refused_by_its_column_and_its_first_keys() -> None:
    loop: dict[str, Any] = {"a": [0, {}]}
    loop["a"][1]["b"] = loop

    with pytest.raises(InvalidValue, match=r"^Crate.info\['a'\]\[1\]\['b'\]\['a'\]\.\.\. is nested more than 100 "):
        Crate(info=loop)
    with pytest.raises(InvalidValue, match=r"^Crate.items\[2\]\[2\]"):
        Crate(items=circle())
    with pytest.raises(InvalidValue, match=r"^Crate.lists\[0\]\[2\]"):
        Crate(lists=[circle()])
    with pytest.raises(InvalidValue, match=r"^Crate.anything\[0\]\[0\]"):
        Crate(anything=[nested(DEEPEST)])


@pytest.mark.usefixtures("encoder")
def test_a_circle_that_was_made_after_the_value_was_given_is_refused_at_the_save() -> None:
    crate = Crate(items=[1])
    crate.items.append(crate.items)

    with pytest.raises(InvalidValue, match=r"^Crate.items\[1\]\[1\]"):
        crate._values()
    with pytest.raises(InvalidValue, match="circle"):
        crate._snapshot()
    with pytest.raises(InvalidValue, match="circle"):
        crate.to_dict()
    with pytest.raises(InvalidValue, match="circle"):
        crate.copy()
    assert repr(crate) == "<Crate new *items=[1, [...]]>"


@pytest.mark.usefixtures("encoder")
def test_a_circle_through_an_enum_member_is_refused() -> None:
    held: list[Any] = []
    member = Enum("Odd", {"ONE": held}).ONE  # type: ignore[attr-defined]
    held.append(member)

    with pytest.raises(InvalidValue, match="circle"):
        encoding.encode([member])


def test_c_counts_from_the_level_that_it_is_given() -> None:
    copied = part_in_c("codec._encode").copied

    assert copied(nested(DEEPEST)) == nested(DEEPEST)
    assert copied(nested(DEEPEST + 1)) is None
    assert copied(nested(1), DEEPEST) == [1]
    assert copied(nested(2), DEEPEST) is None
    assert copied([], DEEPEST + 1) is None
    for wrong in ((), ([], 0), ([], 1, 2)):
        with pytest.raises(TypeError, match="level"):
            copied(*wrong)


@pytest.mark.parametrize("around", [SHAPES[name] for name in PLAIN], ids=PLAIN)
def test_a_text_has_room_for_a_value_and_what_requests_put_around_it(library: str, around: Around) -> None:
    assert json.loads(json.dumps(nested(DEEPEST_TEXT, around))) is not None

    for levels in (1, 50, 100_000):
        with pytest.raises(InvalidValue, match="nested more than 110 levels deep"):
            json.dumps(nested(DEEPEST_TEXT + levels, around))


def test_c_knows_what_is_too_deep_as_python_does() -> None:
    is_deep = part_in_c("codec._writer").is_deep

    for around in map(SHAPES.__getitem__, PLAIN[:3]):
        assert [is_deep(nested(DEEPEST_TEXT + more, around)) for more in (0, 1)] == [False, True]
        assert [json._is_deep_in_python(nested(DEEPEST_TEXT + more, around)) for more in (0, 1)] == [False, True]
    assert is_deep([1, {"a": (2, circle())}])
    assert json._is_deep_in_python([1, {"a": (2, circle())}])


def test_what_stands_in_many_places_is_no_circle() -> None:
    shared: Any = [1]
    for _ in range(60):  # 2**60 ways lead down
        shared = [shared, shared]

    refuse_deep(shared)
    assert not json._is_deep_in_python(shared)


#: Each is asked for a circle in a process whose recursion limit was raised, where C code could run out of its stack.
ASKED = {
    "request": 'client.request("POST", "/functions/f", {"x": circle})',
    "an update": 'client.request("PUT", "/classes/A/x", {"x": circle})',
    "a mapping": 'client.request("POST", "/functions/f", {"x": {"a": loop}})',
    "a context": 'client.request("GET", "/classes/A", context={"x": circle})',
    "a function": 'client.call("f", {"x": circle})',
    "a create": 'client.create("A", {"x": circle})',
    "a question": 'client.find("A", {"where": {"x": circle}})',
    "a push": 'client.push("hi", data={"x": circle}, channels=["a"])',
    "config": "client.config.update({'x': circle})",
    "an event": 'orm.track("e", x=circle)',
    "a column": "Crate(items=circle)",
    "an element": 'Crate.pointer("x").add("items", circle, send=False)',
    "a filter": "Crate.where(Crate.anything.contains_all([{'a': circle}]))",
}

CODE = """
import sys, collections
import parse_orm as orm
class Crate(orm.ParseObject):
    items = orm.property(list)
    anything = orm.array()
circle = []
circle.append(circle)
loop = collections.OrderedDict()
loop["l"] = loop
client = orm.connect("http://127.0.0.1:9/parse", "app", master_key="k" * 8, retries=orm.Retry(attempts=1))
sys.setrecursionlimit(10**6)
for name, code in ASKED.items():
    try:
        eval(code)
        print(name, "was sent")
    except orm.ParseOrmError as error:
        if "circle" not in str(error):
            print(name, type(error).__name__, error)
    except Exception as error:
        print(name, type(error).__name__, error)
try:
    orm.codec.json.loads(b"[" * 200_000)
    print("read")
except ValueError:
    pass
"""


@pytest.mark.parametrize("pure", ["", "1"], ids=["C", "Python"])
@pytest.mark.parametrize("orjson", ["", "import sys; sys.modules['orjson'] = None\n"], ids=["orjson", "plain"])
def test_no_circle_is_sent_where_the_recursion_limit_was_raised(pure: str, orjson: str) -> None:
    code = f"{orjson}import parse_orm.codec.json\nASKED = {ASKED!r}\n{CODE}"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PARSE_ORM_PURE_PYTHON": pure, "PYTHONPATH": ":".join(sys.path)},
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_the_server_sends_very_deep_is_read_or_refused_and_spoils_no_other_column() -> None:
    for levels in (101, 500, 900):
        text = plain_json.dumps({"className": "Crate", "objectId": "x", "title": "t"})
        row = json.loads(text.encode()[:-1] + b', "items": ' + b"[" * levels + b"]" * levels + b"}")
        crate = Crate.from_json(row)
        for read in (lambda c: c.items, Crate.to_dict, Crate.to_json, copy.deepcopy, lambda c: c.changed, repr):
            try:
                read(crate)
            except InvalidValue as error:
                assert "nested" in str(error)  # noqa: PT017
        assert crate.title == "t"
    if sys.version_info < (3, 12):  # later versions follow 900 levels
        with pytest.raises(InvalidValue, match=r"^Crate.items is nested"):
            _ = Crate.from_json({"objectId": "x", "items": nested(900)}).items
        assert "items=" in repr(Crate.from_json({"objectId": "x", "items": nested(900)}))


def test_wire_values_of_any_depth_are_compared_and_read_or_refused() -> None:
    for work in (
        decode,
        without_rows,
        lambda value: same(value, nested(100_000, DATED)),
    ):
        with pytest.raises(InvalidValue, match="nested deeper than Python follows it"):
            work(nested(100_000, DATED))
    assert same(nested(150), nested(150))


def test_whether_a_request_may_be_repeated_is_known_of_every_body() -> None:
    assert is_repeatable("PUT", {"a": circle()})
    assert is_repeatable("PUT", {"a": nested(100_000)})
    assert not is_repeatable("PUT", {"a": nested(5_000, inner={"__op": "Increment"})})


def test_what_is_shown_of_a_body_ends() -> None:
    loop: list[Any] = [{"token": "x"}]
    loop.append(loop)

    assert safe_body(loop, 3) == [{"token": HIDDEN}, [{"token": HIDDEN}, ["...", "..."]]]
    assert repr(safe_body(nested(100_000))) == "[" * DEEPEST + "'...'" + "]" * DEEPEST


def test_an_error_of_the_server_that_is_very_deep_is_still_its_error() -> None:
    body = b'{"code": 141, "error": %s1%s}' % (b"[" * 900, b"]" * 900)

    error = error_from(Response(400, body=body), path="/functions/f")

    assert error.code == 141


def test_the_wrong_kind_of_a_deep_value_is_refused_by_an_error_of_ours() -> None:
    with pytest.raises(InvalidValue, match="expected str, got list"):
        Crate(title=nested(100_000))
    with pytest.raises(BadQuery):
        Crate.where(Crate.title.startswith(nested(100_000)))
    with pytest.raises(BadQuery):
        Crate.from_query({"where": {"title": nested(900)}}, allow=["title"])


def test_the_error_can_be_pickled() -> None:
    error = TooDeep.at("a", "[0]")

    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert pickle.loads(pickle.dumps(error)).path == "[0]"
