"""The recipe for OpenTelemetry makes spans of what a client does; its calls fit the API."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from unittest.mock import create_autospec

import pytest
from opentelemetry import trace

import parse_orm as orm
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Request, Response
from tests.docs.blocks import blocks_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "observability.md"


class Tracer:
    """Keeps every span, as mocks that refuse what the API does not know."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, dict[str, Any], Any]] = []
        self.tracer = create_autospec(trace.Tracer, instance=True)
        self.tracer.start_span.side_effect = self._start

    def _start(self, name: str, **options: Any) -> Any:
        span = create_autospec(trace.Span, instance=True)
        self.spans.append((name, options, span))
        return span


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Tracer]:
    """The hook of the recipe, and what it traces to."""
    tracer = Tracer()
    monkeypatch.setattr(trace, "get_tracer", lambda name: tracer.tracer)
    recipe = next(block for block in blocks_of(PAGE, PAGE.read_text(encoding="utf-8")) if "get_tracer" in block.text)
    namespace: dict[str, Any] = {}
    exec(recipe.text, namespace)
    return namespace["span"], tracer


def test_the_recipe_makes_one_span_of_each_try(traced: tuple[Any, Tracer]) -> None:
    hook, tracer = traced
    answers = iter([Response(500, body=b"{}"), Response(200, body=b"{}")])

    def answer(request: Request) -> Response:
        time.sleep(0.02)
        return next(answers)

    client = orm.Client(
        "http://localhost:1337/parse",
        "app",
        transport=MemoryTransport(answer),
        retries=orm.Retry(backoff=0.0),
        hooks=orm.Hooks(finished=[hook]),
    )

    client.request("GET", "/classes/Song/x1")

    assert [name for name, _, _ in tracer.spans] == ["GET /classes/Song/{id}"] * 2
    (_, first, failed), (_, second, good) = tracer.spans
    assert first["attributes"]["http.response.status_code"] == 500
    assert (first["attributes"]["http.request.resend_count"], second["attributes"]["http.request.resend_count"]) == (
        0,
        1,
    )
    failed.set_status.assert_called_once_with(trace.StatusCode.ERROR, "InternalServerError")
    good.set_status.assert_not_called()
    took = good.end.call_args.kwargs["end_time"] - second["start_time"]
    assert 0.02e9 <= took < 1e9


def test_the_recipe_makes_a_span_of_a_try_without_an_answer(traced: tuple[Any, Tracer]) -> None:
    hook, tracer = traced

    def lose(request: Request) -> Response:
        raise orm.TransportError("the answer was lost")

    client = orm.Client(
        "http://localhost:1337/parse",
        "app",
        transport=MemoryTransport(lose),
        retries=orm.Retry(attempts=1),
        hooks=orm.Hooks(finished=[hook]),
    )

    with pytest.raises(orm.TransportError):
        client.request("GET", "/classes/Song/x1")

    ((_, options, span),) = tracer.spans
    assert "http.response.status_code" not in options["attributes"]
    span.set_status.assert_called_once_with(trace.StatusCode.ERROR, "TransportError")
    span.end.assert_called_once()
