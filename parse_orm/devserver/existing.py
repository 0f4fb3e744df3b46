"""A Parse Server that somebody else runs, named by the environment, seen as the tests see a DevServer."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, Self

from parse_orm.devserver.connection import Connection
from parse_orm.devserver.errors import DevServerError, ServerFailed

ADDRESS = "PARSE_SERVER_URL"
MAY_BE_EMPTIED = "PARSE_SERVER_MAY_BE_EMPTIED"


class ExistingServer:
    """A running Parse Server; nothing is started or stopped.

    Args:
        environ: PARSE_SERVER_URL, PARSE_APP_ID, PARSE_REST_API_KEY and PARSE_MASTER_KEY; `reset` also wants
            PARSE_SERVER_MAY_BE_EMPTIED=1, because the same names may well point at a server that matters.

    Raises:
        DevServerError: a name is missing.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        try:
            self.url = environ[ADDRESS].rstrip("/")
            self.app_id = environ["PARSE_APP_ID"]
        except KeyError as error:
            raise DevServerError(f"{ADDRESS} names a server for the tests, but {error.args[0]} is not set.") from None
        self.rest_key = environ.get("PARSE_REST_API_KEY")
        self.master_key = environ.get("PARSE_MASTER_KEY")
        self._may_be_emptied = environ.get(MAY_BE_EMPTIED) == "1"

    def __repr__(self) -> str:
        return "<ExistingServer from the environment>"

    def config(self) -> Connection:
        """Give what a client needs.

        Returns:
            server_url, app_id, rest_key and master_key; a key that is not set is None.
        """
        return {
            "server_url": self.url,
            "app_id": self.app_id,
            "rest_key": self.rest_key,
            "master_key": self.master_key,
        }

    def start(self) -> Self:
        """Do nothing: it runs already.

        Returns:
            Itself.
        """
        return self

    def start_database(self) -> None:
        """Do nothing: its database is its own affair."""

    def reset(self, *, classes: bool = False) -> None:
        """Empty every class by the REST API, at one request per class.

        Args:
            classes: also drop the classes that are not built in.

        Raises:
            DevServerError: PARSE_SERVER_MAY_BE_EMPTIED is not 1, or there is no master key.
            ServerFailed: the server refused.
        """
        if not self._may_be_emptied:
            raise DevServerError(
                f"{ADDRESS} is set, so this test would delete all data of that server. Set "
                f"{MAY_BE_EMPTIED}=1 if that is meant, or unset {ADDRESS} to get a fresh server."
            )
        if not self.master_key:
            raise DevServerError("Emptying a server needs its master key; set PARSE_MASTER_KEY.")
        for name in [schema["className"] for schema in self._request("GET", "/schemas")["results"]]:
            self._request("DELETE", f"/purge/{name}")
            if classes and not name.startswith("_"):
                self._request("DELETE", f"/schemas/{name}")

    def _request(self, method: str, path: str) -> dict[str, Any]:
        headers = {"X-Parse-Application-Id": self.app_id, "X-Parse-Master-Key": self.master_key or ""}
        request = urllib.request.Request(self.url + path, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                content: dict[str, Any] = json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            raise ServerFailed(f"The existing server answered {error.code} to {method} {path}.") from error
        except OSError as error:
            raise ServerFailed(f"The existing server cannot be reached for {method} {path}.") from error
        return content
