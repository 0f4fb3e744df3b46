"""Ctrl-C waits for what is on its way, once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from parse_orm.client.interrupts import DeferredInterrupt


@pytest.fixture(autouse=True)
def handler() -> Iterator[Any]:
    """Python's own handler, whatever the tests run under."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield signal.default_int_handler
    signal.signal(signal.SIGINT, before)


def interrupt() -> None:
    signal.raise_signal(signal.SIGINT)


def hold(*steps: Callable[[], object]) -> None:
    """Take some steps in a block."""
    with DeferredInterrupt():
        for step in steps:
            step()


def fail() -> None:
    raise ValueError("of the block")


def test_the_first_is_raised_when_the_block_has_ended(handler: Any) -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        hold(interrupt, lambda: done.append("all of it"))
    assert done == ["all of it"]
    assert signal.getsignal(signal.SIGINT) is handler


def test_the_second_is_raised_at_once(handler: Any) -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        hold(interrupt, interrupt, lambda: done.append("more"))
    assert done == []
    assert signal.getsignal(signal.SIGINT) is handler


def test_an_error_of_the_block_does_not_swallow_it() -> None:
    with pytest.raises(KeyboardInterrupt) as caught:
        hold(interrupt, fail)
    assert isinstance(caught.value.__context__, ValueError)


def test_without_an_interrupt_errors_come_through(handler: Any) -> None:
    with pytest.raises(ValueError, match="of the block"):
        hold(fail)
    assert signal.getsignal(signal.SIGINT) is handler


def test_a_block_inside_another_waits_for_the_outer_one() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        hold(lambda: hold(interrupt), lambda: done.append("the outer one"))
    assert done == ["the outer one"]


def test_a_handler_of_the_program_is_left_alone() -> None:
    felt = []
    signal.signal(signal.SIGINT, lambda number, frame: felt.append(number))
    with DeferredInterrupt():
        interrupt()
        assert felt == [signal.SIGINT]


def test_a_handler_that_is_set_inside_the_block_stays() -> None:
    def mine(number: int, frame: Any) -> None:
        """Do nothing."""

    with DeferredInterrupt():
        signal.signal(signal.SIGINT, mine)
    assert signal.getsignal(signal.SIGINT) is mine


def test_nothing_happens_in_another_thread(handler: Any) -> None:
    seen = []

    def work() -> None:
        with DeferredInterrupt():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [handler]
