"""A look at the real server that shares no code with the library: who judges must not be who is judged."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Truth:
    """Asks the server directly, with the master key.

    Args:
        settings: What ``DevServer.config()`` gives.
    """

    settings: Any

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Send one request on a connection of its own.

        Args:
            method: The HTTP verb.
            path: The path below the server URL.
            body: What to send: bytes as they are, everything else as JSON.

        Returns:
            The decoded answer; None for 404.
        """
        address = urlsplit(self.settings["server_url"])
        headers = {
            "X-Parse-Application-Id": self.settings["app_id"],
            "X-Parse-Master-Key": self.settings["master_key"],
            "Content-Type": "application/json",
        }
        line = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        try:
            content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
            line.request(method, address.path + path, content, headers)
            answer = line.getresponse()
            told = json.loads(answer.read())
            if answer.status == 404:
                return None
            assert answer.status < 300, f"{method} {path}: {told}"
            return told
        finally:
            line.close()

    def rows(self, class_name: str, **where: object) -> list[dict[str, Any]]:
        """The rows of a class with these values.

        Args:
            class_name: The Parse class name.
            where: Column to value; no value at all asks for every row.
        """
        body = {"where": where, "limit": 1000, "_method": "GET"}
        rows: list[dict[str, Any]] = self.ask("POST", f"/classes/{class_name}", body)["results"]
        return rows

    def row(self, class_name: str, id: str) -> dict[str, Any] | None:
        """One row, or None when it is not there."""
        row: dict[str, Any] | None = self.ask("GET", f"/classes/{class_name}/{id}")
        return row

    def sessions(self, user_id: str) -> list[dict[str, Any]]:
        """The sessions of a user, with their tokens."""
        user = {"__type": "Pointer", "className": "_User", "objectId": user_id}
        return self.rows("_Session", user=user)
