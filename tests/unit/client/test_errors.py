"""The tree of errors: drawn as it is, picklable, each also a builtin."""

from __future__ import annotations

import copy
import pickle
import re

import pytest

from parse_orm import errors
from parse_orm.errors import ParseOrmError, did_you_mean

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ParseOrmError)]


def drawn() -> dict[str, tuple[str, str | None]]:
    """Read the drawing: class to (parent, builtin)."""
    stack: list[tuple[int, str]] = [(-1, "ParseOrmError")]
    found: dict[str, tuple[str, str | None]] = {}
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"^([ |]*)\+-- (\w+)(?: \[(\w+)\])?", line)
        if not match:
            continue
        while stack[-1][0] >= len(match[1]):
            stack.pop()
        found[match[2]] = (stack[-1][1], match[3])
        stack.append((len(match[1]), match[2]))
    return found


def test_the_drawing_holds_every_class_and_no_other() -> None:
    assert set(drawn()) | {"ParseOrmError"} == {kind.__name__ for kind in KINDS}


@pytest.mark.parametrize(("name", "place"), list(drawn().items()))
def test_the_drawing_is_true(name: str, place: tuple[str, str | None]) -> None:
    kind = getattr(errors, name)
    parent, builtin = place

    assert getattr(errors, parent) in kind.__mro__
    if builtin is not None:
        assert issubclass(kind, __builtins__[builtin])  # type: ignore[index]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_survives_pickle_and_deepcopy(kind: type[ParseOrmError]) -> None:
    error = kind("what happened")
    error.add_note("a note")

    for twin in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert type(twin) is kind
        assert str(twin) == str(error)
        assert twin.__dict__ == error.__dict__


def test_the_parts_of_an_error_survive_pickle() -> None:
    error = errors.DuplicateValue("taken", code=137, http_status=400, request_id="r", doing="saving", hint="h")

    twin = pickle.loads(pickle.dumps(error))

    assert (twin.code, twin.http_status, twin.request_id, twin.doing) == (137, 400, "r", "saving")
    assert str(twin) == "saving: taken (code 137, HTTP 400, request id r); h"


def test_an_unknown_field_keeps_its_parts() -> None:
    twin = pickle.loads(pickle.dumps(errors.UnknownField("titel", "Song", "title")))

    assert (twin.name, twin.owner, twin.suggestion) == ("titel", "Song", "title")
    assert "did you mean 'title'?" in str(twin)


def test_local_errors_carry_what_they_need() -> None:
    failed = [(object(), ValueError("x"))]

    assert errors.BatchError("1 of 2 failed", result="result", failed=failed).failed == failed
    assert errors.RecordInvalid("title is blank", object="song", errors={"title": ["blank"]}).object == "song"
    assert errors.RecordNotSaved("halted", object="song").object == "song"


def test_a_timeout_before_the_connection_is_both_things() -> None:
    error = errors.ConnectTimedOut("x", doing="saving")

    assert isinstance(error, TimeoutError)
    assert isinstance(error, errors.ConnectFailed)
    assert str(error) == "saving: x"


@pytest.mark.parametrize(("name", "near"), [("titel", "title"), ("zzz", None)])
def test_a_near_name_is_suggested(name: str, near: str | None) -> None:
    assert did_you_mean(name, ["title", "plays"]) == near
