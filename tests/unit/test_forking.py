"""A forked child never waits for a thread that only its parent has."""

from __future__ import annotations

import ast
import gc
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import parse_orm
from parse_orm import _forking
from parse_orm._forking import PerProcess, computed_once, renew_in_children
from parse_orm.errors import NotLoaded
from parse_orm.meta.registry import Registry
from parse_orm.query.ahead import read_ahead
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Request, Response
from tests.forking import held_by_a_thread, in_child

PACKAGE = Path(parse_orm.__file__).parent
LOCKS = {"Lock", "RLock", "Condition", "Event", "Semaphore", "BoundedSemaphore", "Barrier", "ThreadPoolExecutor"}
#: Modules with ways of their own: these have nothing that a child of a program goes on to use.
APART = {"devserver", "testing"}
#: Its threads live no longer than one call, which waits for them.
WITHIN_A_CALL = {"client/batch.py"}


class Owner:
    """Has a lock, and an equality without a hash."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.renewed = 0
        renew_in_children(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Owner)

    def renew(self) -> None:
        self.lock = threading.Lock()
        self.renewed += 1


def test_every_owner_is_renewed_once_in_a_child_and_never_in_the_parent() -> None:
    owners = [Owner(), Owner()]

    def look() -> None:
        assert [owner.renewed for owner in owners] == [1, 1]
        assert all(owner.lock.acquire(blocking=False) for owner in owners)

    with held_by_a_thread(*(owner.lock for owner in owners)):
        in_child(look)

    assert [owner.renewed for owner in owners] == [0, 0]


def test_a_child_of_a_child_is_renewed_too() -> None:
    owner = Owner()

    def look() -> None:
        with held_by_a_thread(owner.lock):
            in_child(lambda: owner.lock.acquire())

    in_child(look)


def test_an_owner_is_not_kept_alive() -> None:
    before = len(_forking._owners)
    owner = Owner()
    assert len(_forking._owners) == before + 1

    del owner
    gc.collect()

    assert len(_forking._owners) <= before


def add_a_model(registry: Registry) -> None:
    registry.add(Owner, "Song")


def send_a_request(transport: MemoryTransport) -> None:
    transport.send(Request("GET", "http://localhost/parse/health"))


OWNERS: list[tuple[Callable[[], Any], Callable[[Any], None]]] = [
    (Registry, add_a_model),
    (lambda: MemoryTransport(lambda request: Response(200)), send_a_request),
]


@pytest.mark.parametrize(("make", "use"), OWNERS, ids=lambda value: getattr(value, "__name__", "transport"))
def test_a_lock_that_is_held_at_the_fork_is_free_in_the_child(
    make: Callable[[], Any], use: Callable[[Any], None]
) -> None:
    owner = make()
    locks = [part.value for part in vars(owner).values() if isinstance(part, PerProcess)]
    assert locks

    with held_by_a_thread(*locks):
        in_child(lambda: use(owner))


def test_every_module_that_makes_locks_makes_them_anew_after_a_fork() -> None:
    careless = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).parts[0] not in APART
        if LOCKS & _named(tree := ast.parse(path.read_text()), "threading", "concurrent.futures")
        and not {"renew_in_children", "PerProcess", "getpid"} & _named(tree, "_forking", "os")
    ]

    assert set(careless) == WITHIN_A_CALL


def test_nothing_is_computed_under_a_lock_of_functools() -> None:
    """In Python 3.11 ``cached_property`` has a lock that no child gets rid of."""
    trees = {str(path): ast.parse(path.read_text()) for path in PACKAGE.rglob("*.py")}
    users = [name for name, tree in trees.items() if "cached_property" in _named(tree, "functools")]

    assert users == []


def _named(tree: ast.AST, *modules: str) -> set[str]:
    """What a module takes from others, by ``from threading import Lock`` or as ``threading.Lock``."""
    nodes = list(ast.walk(tree))
    imports = [node for node in nodes if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(modules)]
    attributes = [node for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)]
    return {alias.name for node in imports for alias in node.names} | {
        node.attr for node in attributes if isinstance(node.value, ast.Name) and node.value.id in modules
    }


class Config:
    computed = 0

    @computed_once
    def keys(self) -> list[str]:
        """What the keys are."""
        self.computed += 1
        return ["a"]


def test_a_property_is_computed_once_and_keeps_its_description() -> None:
    config = Config()

    assert config.keys is config.keys
    assert config.computed == 1
    assert Config.keys.__doc__ == "What the keys are."


def slow_pages() -> Iterator[int]:
    for number in range(1, 7):
        if number == 4:
            time.sleep(0.5)  # still on its way at the fork
        yield number


@pytest.mark.parametrize("arrived", [False, True])
def test_rows_that_a_thread_was_to_read_are_an_error_in_a_child_whether_they_arrived_or_not(arrived: bool) -> None:
    pages = read_ahead(slow_pages())
    assert [next(pages), next(pages), next(pages)] == [1, 2, 3]
    if arrived:
        time.sleep(0.8)

    def go_on() -> None:
        with pytest.raises(NotLoaded, match="ask anew after a fork"):
            next(pages)
        assert list(pages) == []

    in_child(go_on)

    assert list(pages) == [4, 5, 6]


def test_an_iterator_may_be_given_up_in_a_child() -> None:
    pages = read_ahead(slow_pages())
    assert [next(pages), next(pages), next(pages)] == [1, 2, 3]

    in_child(pages.close)

    assert list(pages) == [4, 5, 6]


def test_the_first_pages_are_read_on_in_a_child() -> None:
    pages = read_ahead(iter(range(2)))
    assert next(pages) == 0

    in_child(lambda: next(pages))

    assert next(pages) == 1
