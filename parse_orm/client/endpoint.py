"""What the endpoint families share: a client of their own, or the one in use at each call."""

from __future__ import annotations

from parse_orm.client.client import BaseClient
from parse_orm.client.context import current_client
from parse_orm.client.credentials import Credential
from parse_orm.errors import AnswerCutShort
from parse_orm.transport.messages import Response


class Endpoint:
    """One family of calls.

    Args:
        client: who sends them; None means the client in use at each call.
    """

    def __init__(self, client: BaseClient | None = None) -> None:
        """Keep the client; nothing touches the network."""
        self._own = client

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._own or 'the client in use'}>"

    @property
    def _client(self) -> BaseClient:
        return self._own or current_client()

    def _master(self) -> tuple[BaseClient, Credential]:
        """The client and its master key, or MasterKeyRequired before any request."""
        client = self._client
        return client, client.credential(master=True)


def id_in(response: Response, header: str, doing: str) -> str:
    """Give the id of a row that only a header tells.

    Args:
        response: the answer, with a status of 200-299.
        header: the name of the header.
        doing: what was being done, for the message.

    Returns:
        The id.

    Raises:
        AnswerCutShort: the header is missing, as behind a proxy that drops it.
    """
    found = response.headers.get(header)
    if not found:
        raise AnswerCutShort(f"it was done, but the answer has no {header} header to tell the row", doing=doing)
    return found
