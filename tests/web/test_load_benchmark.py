"""The load benchmark sees what it promises to see: lost keys, sessions that come back, reads that cost too much."""

from __future__ import annotations

from typing import Any

import pytest

from bench import web_load
from parse_orm.web import MemoryStore


def test_a_good_store_keeps_every_promise() -> None:
    steps, loads, holds = web_load.tables({"memory": MemoryStore()}, 5, 1)
    assert holds
    assert steps[0][1:] == web_load.OPERATIONS
    assert loads[1][3:] == ("1", "0", "0", "0", "0")


class Forgetful(MemoryStore):
    """Takes a write for the whole record, as a store without merging does."""

    def write(self, record: Any, *, must_exist: bool = False) -> None:
        record.changed = record.removed = None
        record.data = {key: value for key, value in record.data.items() if key != "k7"}
        super().write(record, must_exist=must_exist)


class Undead(MemoryStore):
    """Says that it ended a session, and keeps it."""

    def destroy(self, id: str) -> bool:
        return True


class Eager(MemoryStore):
    """Reads twice."""

    def read(self, id: str) -> Any:
        if "read" in self.__dict__ and not getattr(self, "again", False):
            self.again = True
            self.__dict__["read"](id)
            self.again = False
        return super().read(id)


@pytest.mark.parametrize(
    ("store", "attribute"), [(Forgetful(), "lost"), (Undead(), "returned"), (Eager(), "store_reads")]
)
def test_a_bad_store_is_found_out(store: MemoryStore, attribute: str) -> None:
    met = web_load.load(store, 1)
    assert not met.holds
    assert getattr(met, attribute) > (attribute == "store_reads")
