"""The wire as plain Python sees it: requests, json, and dicts that nobody converts."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

from bench.rows import FOUND, MANY, SAVED, columns
from bench.sizes import Sizes

Work = Callable[[], object]


class Peer:
    """Raw requests.

    Args:
        config: how to reach the server, as `DevServer.config()` says.
        sizes: how much is done in each work.
    """

    def __init__(self, config: dict[str, Any], sizes: Sizes) -> None:
        self.url = config["server_url"]
        self.mount = "/" + self.url.partition("://")[2].partition("/")[2]
        self.sizes = sizes
        self.keys = {"X-Parse-Application-Id": config["app_id"], "X-Parse-Master-Key": config["master_key"]}
        self.session = requests.Session()
        self.row = ""
        self.person = ""

    def find(self) -> Work:
        """A thousand rows, nothing read."""
        return lambda: self._find(FOUND, {}, self.sizes.found)

    def find_read(self) -> Work:
        """A thousand rows, every value read: in a dict of JSON that is no work."""
        return self.find()

    def save(self) -> Work:
        """A thousand new rows in batches."""
        return self._saving(self.sizes.batch)

    def save_large(self) -> Work:
        """The same in large batches."""
        return self._saving(self.sizes.large)

    def create(self) -> Work:
        """One new row, several times."""
        body = columns(0)
        return lambda: [self._send("POST", f"/classes/{SAVED}", body) for _ in range(self.sizes.single)]

    def read(self) -> Work:
        """One row by its id, several times."""
        path = f"/classes/{FOUND}/{self._some_id()}"
        return lambda: [self._send("GET", path) for _ in range(self.sizes.single)]

    def update(self) -> Work:
        """One value of one row, several times."""
        path = f"/classes/{FOUND}/{self._some_id()}"
        return lambda: [self._send("PUT", path, {"plays": number}) for number in range(self.sizes.single)]

    def delete(self) -> Work:
        """One row, several times."""
        bodies = [columns(number) for number in range(self.sizes.single)]
        made = [item["success"]["objectId"] for item in self._save(SAVED, bodies, len(bodies))]
        return lambda: [self._send("DELETE", f"/classes/{SAVED}/{id}") for id in made]

    def each(self) -> Work:
        """Very many rows, page by page, each page behind the last id."""
        return self._walk

    def threads(self) -> Work:
        """Single rows by id, from eight threads that have a session each."""
        path, each = f"{self.url}/classes/{FOUND}/{self._some_id()}", self.sizes.single

        def read_some(session: requests.Session) -> None:
            for _ in range(each):
                json.loads(session.get(path, headers=self.keys).content)

        sessions = [requests.Session() for _ in range(8)]

        def run() -> None:
            with ThreadPoolExecutor(8) as pool:
                list(pool.map(read_some, sessions))

        return run

    def revoke(self) -> Work:
        """Two hundred sessions of one user, found and then deleted in batches."""
        where = self._with_sessions()

        def run() -> None:
            items = [{"method": "DELETE", "path": f"{self.mount}{path}"} for path in self._sessions(where)]
            for start in range(0, len(items), self.sizes.batch):
                self._send("POST", "/batch", {"requests": items[start : start + self.sizes.batch]})

        return run

    def revoke_singly(self) -> Work:
        """The same, found and then deleted one by one."""
        where = self._with_sessions()
        return lambda: [self._send("DELETE", path) for path in self._sessions(where)]

    def seed(self, class_name: str, rows: int) -> None:
        """Fill a class.

        Args:
            class_name: the class.
            rows: how many rows.
        """
        self._save(class_name, [columns(number) for number in range(rows)], 500)

    def _saving(self, batch: int) -> Work:
        bodies = [columns(number) for number in range(self.sizes.saved)]
        return lambda: self._save(SAVED, bodies, batch)

    def _walk(self) -> int:
        where: dict[str, Any] = {}
        seen = 0
        while rows := self._find(MANY, where, 1000):
            for _ in rows:
                seen += 1
            where = {"objectId": {"$gt": rows[-1]["objectId"]}}
        return seen

    def _find(self, class_name: str, where: dict[str, Any], limit: int) -> list[dict[str, Any]]:
        question = {"_method": "GET", "where": where, "order": "objectId", "limit": limit}
        rows: list[dict[str, Any]] = self._send("POST", f"/classes/{class_name}", question)["results"]
        return rows

    def _save(self, class_name: str, bodies: list[dict[str, Any]], size: int) -> list[dict[str, Any]]:
        path = f"{self.mount}/classes/{class_name}"
        answers: list[dict[str, Any]] = []
        for start in range(0, len(bodies), size):
            items = [{"method": "POST", "path": path, "body": body} for body in bodies[start : start + size]]
            answers += self._send("POST", "/batch", {"requests": items})
        return answers

    def _send(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.session.request(method, self.url + path, json=body, headers=self.keys)
        answer.raise_for_status()
        return json.loads(answer.content)

    def _with_sessions(self) -> dict[str, Any]:
        """A user with so many sessions, as a question for them."""
        if not self.person:
            account = {"username": f"raw {os.getpid()}", "password": "a password of the benchmark"}
            self.person = self._send("POST", "/users", account)["objectId"]
        where = {"user": {"__type": "Pointer", "className": "_User", "objectId": self.person}}
        for path in self._sessions(where):
            self._send("DELETE", path)
        for _ in range(self.sizes.sessions):
            self._send("POST", "/loginAs", {"userId": self.person})
        return where

    def _sessions(self, where: dict[str, Any]) -> list[str]:
        question = {"_method": "GET", "where": where, "keys": "user", "limit": 1000}
        rows = self._send("POST", "/classes/_Session", question)["results"]
        return [f"/sessions/{row['objectId']}" for row in rows]

    def _some_id(self) -> str:
        if not self.row:
            self.row = self._find(FOUND, {}, 1)[0]["objectId"]
        return self.row
