"""No garbage is looked for while JSON is decoded, and nobody can tell afterwards."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from parse_orm.codec import json
from tests.unit.compiler import CAN_COMPILE

pytestmark = [
    pytest.mark.skipif(sys.version_info >= (3, 12), reason="since 3.12 CPython itself waits until C returns"),
    pytest.mark.skipif(not CAN_COMPILE, reason="this part cannot be built here"),
]

TEXT = b"[" + b",".join(b'{"a":[{"b":1}]}' for _ in range(5000)) + b"]"


@pytest.fixture
def paused() -> Any:
    from parse_orm.codec import _paused

    return _paused.call


@pytest.fixture(params=[True, False], ids=["enabled", "disabled"])
def enabled(request: pytest.FixtureRequest) -> Iterator[bool]:
    """Whether the collector works when the test begins; it works again afterwards."""
    if not request.param:
        gc.disable()
    yield request.param
    gc.enable()


@pytest.mark.parametrize("library", ["orjson", "plain"])
def test_no_garbage_is_looked_for_while_json_is_decoded(
    paused: Any, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if json._collector is None:
        pytest.skip("PARSE_ORM_PURE_PYTHON is set")
    if library == "plain":
        monkeypatch.setattr(json, "_loads", None)
    phases: list[str] = []

    def note(phase: str, info: dict[str, int]) -> None:
        phases.append(phase)

    gc.collect()
    gc.callbacks.append(note)
    try:
        found = json.loads(TEXT)
    finally:
        gc.callbacks.remove(note)

    assert len(found) == 5000
    assert phases.count("start") <= 2  # some twenty without the pause


def test_the_collector_is_afterwards_as_it_was(paused: Any, enabled: bool) -> None:
    assert paused(gc.isenabled) is False
    assert gc.isenabled() is enabled

    with pytest.raises(ValueError, match="no number"):
        paused(_raise, ValueError("no number"))
    assert gc.isenabled() is enabled

    with pytest.raises(TypeError, match="a function"):
        paused()
    assert gc.isenabled() is enabled


def test_a_pause_within_a_pause_ends_with_the_outer_one(paused: Any) -> None:
    assert paused(lambda: (paused(gc.isenabled), gc.isenabled())) == (False, False)
    assert gc.isenabled()


def _raise(error: Exception) -> None:
    raise error
