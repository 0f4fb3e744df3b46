"""parse_orm, written as its users write."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import parse_orm as orm
from bench.models import Many, Row, Saved, read_all
from bench.rows import AUTHOR_ID, columns
from bench.sizes import Sizes

Work = Callable[[], object]


class Peer:
    """parse_orm.

    Args:
        config: how to reach the server, as `DevServer.config()` says.
        sizes: how much is done in each work.
    """

    def __init__(self, config: dict[str, Any], sizes: Sizes) -> None:
        orm.connect(**config)
        self.sizes = sizes
        self.person: Any = None

    def find(self) -> Work:
        """A thousand rows, nothing read."""
        return Row.limit(self.sizes.found).all

    def find_read(self) -> Work:
        """A thousand rows, every value read."""
        query = Row.limit(self.sizes.found)
        return lambda: read_all(query.all())

    def save(self) -> Work:
        """A thousand new rows in batches."""
        return self._saving(self.sizes.batch)

    def save_large(self) -> Work:
        """The same in large batches."""
        return self._saving(self.sizes.large)

    def create(self) -> Work:
        """One new row, several times."""
        objects = [_new(number) for number in range(self.sizes.single)]
        return lambda: [one.save() for one in objects]

    def read(self) -> Work:
        """One row by its id, several times."""
        id = self._some_row().id
        return lambda: [Row.get(id) for _ in range(self.sizes.single)]

    def update(self) -> Work:
        """One value of one row, several times."""
        row = self._some_row()

        def run() -> None:
            for number in range(self.sizes.single):
                row.plays = -1 - number
                row.save()

        return run

    def delete(self) -> Work:
        """One row, several times."""
        made = [_new(number).save() for number in range(self.sizes.single)]
        return lambda: [one.destroy() for one in made]

    def each(self) -> Work:
        """Very many rows, one after the other."""

        def run() -> int:
            seen = 0
            for _ in Many.each():
                seen += 1
            return seen

        return run

    def threads(self) -> Work:
        """Single rows by id, from eight threads that share the client."""
        id, each = self._some_row().id, self.sizes.single

        def read_some(_: int) -> None:
            for _ in range(each):
                Row.get(id)

        def run() -> None:
            with ThreadPoolExecutor(8) as pool:
                list(pool.map(read_some, range(8)))

        return run

    def revoke(self) -> Work:
        """Two hundred sessions of one user, together."""
        person = self._person_with_sessions()
        return lambda: orm.Session.revoke_all_for_user(person)

    def revoke_singly(self) -> Work:
        """The same, found and then ended one by one."""
        person = self._person_with_sessions()
        return lambda: [session.revoke() for session in orm.Session.for_user(person)]

    def peak(self, rows: int) -> int:
        """The most bytes that were held at one time while so many rows went by.

        Args:
            rows: how many rows to read.
        """
        query = Many.limit(rows)
        tracemalloc.start()
        try:
            for _ in query.each(batch_size=min(1000, rows)):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    def _saving(self, batch: int) -> Work:
        objects = [_new(number) for number in range(self.sizes.saved)]
        return lambda: orm.save_all(objects, batch_size=batch)

    def _some_row(self) -> Row:
        row = Row.first()
        assert row is not None
        return row

    def _person_with_sessions(self) -> Any:
        if self.person is None:
            self.person = orm.User.signup(f"bench {os.getpid()}", "a password of the benchmark")
        orm.Session.revoke_all_for_user(self.person)
        for _ in range(self.sizes.sessions):
            orm.User.login_as(self.person)
        return self.person


def _new(number: int) -> Saved:
    wire = columns(number)
    released = datetime(2024, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
    plain = {name: wire[name] for name in ("title", "genre", "plays", "rating", "live", "marks", "info")}
    return Saved(**plain, released=released, recorded=released, author=AUTHOR_ID, acl=orm.ACL(wire["ACL"]))
