"""Deletes of sessions that take several requests: each is tried, and what became of all of them is told."""

from __future__ import annotations

from typing import Any

import pytest

import parse_orm as orm
from parse_orm.classes import session as module
from tests.unit.remembered import wire

__all__ = ["wire"]


def test_expired_sessions_of_later_pages_are_deleted_after_one_that_failed(
    wire: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PURGE_PAGE", 2)
    ids = ["s1", "s2", "s3", "s4", "s5"]

    def server(method: str, path: str, body: Any) -> Any:
        if path == "/sessions":
            after = str(body["where"]).partition("'$gt': 's")[2][:1] or "0"
            return {"results": [{"objectId": id} for id in ids if id[1] > after][:2]}
        if path.endswith("/s1"):
            return {"error": {"code": 119, "error": "no"}}
        return None

    wire.refuse = server
    with pytest.raises(orm.BatchError, match="1 of 5 sessions were not ended") as caught:
        orm.Session.purge_expired()

    assert caught.value.result == 4
    assert [row.id for row, _ in caught.value.failed] == ["s1"]
    deleted = [item["path"] for _, path, body in wire.sent if path == "/batch" for item in body["requests"]]
    single = [path for method, path, _ in wire.sent if method == "DELETE"]
    assert [path[-2:] for path in deleted + single] == ids
