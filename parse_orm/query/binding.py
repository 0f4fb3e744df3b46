"""Who asks, and whom: the client, the credential and the cloud context that a query was given explicitly."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..client.answers import part, rows_in
from ..client.context import current_client
from ..client.credentials import Credential
from ..errors import MasterKeyRequired

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Binding:
    """What was chosen for one query; None leaves the choice to the moment of the request."""

    client: Any = None
    session: Credential | None = None
    master: bool | None = None
    context: Mapping[str, Any] | None = None

    def __repr__(self) -> str:
        chosen = "session r:..." if self.session else "master" if self.master else "ambient"
        return f"<Binding {chosen}>"

    def differs_from(self, outer: "Asker") -> bool:
        """Whether a query that asks so was given another client, credential or context than the one it stands in."""
        if self.context is not None and self.context != outer.context:
            return True
        other_client = self.client is not None and self.client is not outer.client
        if not (other_client or self.session or self.master):
            return False
        here, there = self.client or outer.client, outer.client
        if (here.server_url, here.app_id) != (there.server_url, there.app_id):
            return True
        credential: Credential = self.session or here.credential(master=self.master)
        return credential != outer.credential

    def asker(self, class_name: str) -> "Asker":
        """Settle now who asks; the answer may come page by page, under the same credential."""
        client = self.client or current_client()
        credential = self.session or client.credential(master=self.master)
        return Asker(client, credential, class_name, self.context)

    def master_asker(self, class_name: str, what: str) -> "Asker":
        """The same, for what Parse Server answers to the master key alone.

        Raises:
            MasterKeyRequired: this query asks otherwise; nothing was sent.
        """
        asker = self.asker(class_name)
        if asker.credential.kind != "master":
            raise MasterKeyRequired(
                f"{what} needs the master key, and this query asks as {asker.credential.kind}: "
                "use as_master(), or read the rows and count them yourself"
            )
        return asker


@dataclass(frozen=True, slots=True)
class Asker:
    """One class of one client, asked with one credential."""

    client: Any
    credential: Credential
    class_name: str
    context: Mapping[str, Any] | None = None

    def find(self, params: Row) -> Row:
        """The answer to one set of parameters."""
        answer: Row = self.client.find(self.class_name, params, credential=self.credential, context=self.context)
        return answer

    def rows(self, params: Row) -> list[Row]:
        """The rows of one page."""
        return rows_in(self.find(params), f"finding {self.class_name}")

    def count(self, params: Row) -> int:
        """The number of rows that the answer to these parameters tells."""
        return part(self.find(params), "count", int, f"counting {self.class_name}")

    def ask(self, path: str, params: Row, doing: str) -> list[Any]:
        """The results of another route."""
        body = {**params, "_method": "GET"}
        answer = self.client.request("POST", path, body, credential=self.credential, idempotent=True, doing=doing)
        return part(answer, "results", list, doing)

    def of(self, class_name: str) -> "Asker":
        """The same, for another class."""
        return Asker(self.client, self.credential, class_name, self.context)


Send = Callable[[Row], list[Row]]
