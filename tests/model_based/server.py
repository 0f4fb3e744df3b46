"""What the server really holds, asked with the master key and without the library."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from parse_orm.devserver import DevServer
from tests.model_based.models import CLOUD, MODELS, SCHEMAS
from tests.model_based.truth import normal

Wire = dict[str, Any]

#: Columns that say nothing of what the verbs did.
_TIMES = ("objectId", "createdAt", "updatedAt", "fans")


class Judge:
    """Asks a dev server over a connection of its own.

    Args:
        server: the running server.
    """

    def __init__(self, server: DevServer) -> None:
        self.server = server
        address = urlsplit(server.url)
        self._mount = address.path
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port)
        self._headers = {
            "X-Parse-Application-Id": server.app_id,
            "X-Parse-Master-Key": server.master_key,
            "Content-Type": "application/json",
        }

    def ask(self, method: str, path: str, body: Wire | None = None) -> Any:
        """The JSON of one answer."""
        for again in (True, False):
            try:
                self._connection.request(method, self._mount + path, json.dumps(body or {}), self._headers)
                return json.loads(self._connection.getresponse().read())
            except (http.client.HTTPException, OSError):
                self._connection.close()  # the server closes connections that were idle
                if not again:
                    raise
        raise AssertionError

    def make_classes(self) -> None:
        """Make the classes with every column, so that no verb has to."""
        for model in MODELS:
            name = model.schema.class_name
            fields: Wire = {
                field.path: {"type": field.shape}
                for attribute, field in model.fields().items()
                if attribute not in ("id", "created_at", "updated_at", "acl")
            }
            for column in ("artist", "fans"):
                if column in fields:
                    fields[column]["targetClass"] = "MbArtist"
            self.ask("POST", f"/schemas/{name}", {**SCHEMAS[name], "className": name, "fields": fields})

    def plant(self, rows: list[tuple[str, Wire, Wire | None]]) -> list[str]:
        """Make rows of a class, columns and an access list; gives their ids."""
        posts = [
            {
                "method": "POST",
                "path": f"{self._mount}/classes/{name}",
                "body": {**columns, **({} if acl is None else {"ACL": acl})},
            }
            for name, columns, acl in rows
        ]
        return [one["success"]["objectId"] for one in self.ask("POST", "/batch", {"requests": posts})]

    def dump(self) -> tuple[Wire, set[tuple[str, str]], Wire]:
        """Every row, every member of the relation, and the number of sessions by user name; one request."""
        names = [model.schema.class_name for model in MODELS]
        paths = [*names, "_Join:fans:MbSong", "_User", "_Session"]
        gets = [{"method": "GET", "path": f"{self._mount}/classes/{name}", "body": {"limit": 1000}} for name in paths]
        answers = [one["success"]["results"] for one in self.ask("POST", "/batch", {"requests": gets})]
        found = dict(zip(paths, answers, strict=True))
        rows = {
            f"{name} {row['objectId']}": normal({key: value for key, value in row.items() if key not in _TIMES})
            for name in names
            for row in found[name]
        }
        fans = {(row["owningId"], row["relatedId"]) for row in found["_Join:fans:MbSong"]}
        users = {user["objectId"]: user["username"] for user in found["_User"]}
        sessions = dict.fromkeys(users.values(), 0)
        for session in found["_Session"]:
            name = users.get(session["user"]["objectId"], "a user who is gone")
            sessions[name] = sessions.get(name, 0) + 1
        return rows, fans, sessions


def cloud_file(folder: Any) -> str:
    """Write the cloud code of the triggers into a folder."""
    file = folder / "main.js"
    file.write_text(CLOUD)
    return str(file)
