"""Which requests may be repeated because the server proves that it refuses a repeat."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from parse_orm.client.idempotency import Proofs, is_provable
from parse_orm.errors import DuplicateRequest, RequestTimeout, TransportError


@pytest.mark.parametrize(
    ("method", "path", "provable"),
    [
        ("POST", "/classes/Song", True),
        ("POST", "/users", True),
        ("POST", "/installations", True),
        ("PUT", "/classes/Song/x1", False),
        ("PUT", "/users/x1", False),
        ("PUT", "/classes/Song", False),
        ("POST", "/classes/Song/x1", False),
        ("POST", "/functions/hello", False),
        ("POST", "/batch", False),
        ("POST", "/", False),
    ],
)
def test_only_creates_of_rows_can_be_proven(method: str, path: str, provable: bool) -> None:
    assert is_provable(method, path) is provable


def test_threads_that_ask_at_once_do_not_wait_for_each_other() -> None:
    together = threading.Barrier(2, timeout=5)
    proofs = Proofs()
    answers: list[bool] = []

    def send(path: str, body: Mapping[str, str], request_id: str) -> Any:
        together.wait()  # is reached by both only when neither keeps the other out
        raise DuplicateRequest("again", code=159)

    threads = [threading.Thread(target=lambda: answers.append(proofs.proven("/classes/Song", send))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [True, True]


def test_a_server_that_does_not_answer_the_first_question_is_not_asked_the_second() -> None:
    asked: list[str] = []

    def send(path: str, body: Mapping[str, str], request_id: str) -> Any:
        asked.append(path)
        raise RequestTimeout("no answer")

    assert not Proofs().proven("/classes/Song", send)
    assert asked == ["/classes/Song"]


def test_what_is_known_is_told_without_asking() -> None:
    proofs = Proofs()

    def send(path: str, body: Mapping[str, str], request_id: str) -> Any:
        raise DuplicateRequest("again", code=159)

    assert not proofs.proven("/classes/Song", None)
    assert proofs.proven("/classes/Song", send)
    assert proofs.proven("/classes/Song", None)
    assert not proofs.proven("/classes/Other", None)


def test_one_lost_answer_of_the_two_does_not_hide_that_the_id_was_refused() -> None:
    answers: list[Exception] = [TransportError("lost"), DuplicateRequest("again", code=159)]

    def send(path: str, body: Mapping[str, str], request_id: str) -> Any:
        raise answers.pop(0)

    assert Proofs().proven("/classes/Song", send)
