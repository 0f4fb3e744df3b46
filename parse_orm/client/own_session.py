"""The session that asks: its row, which is the last one that its own token can delete."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..errors import InvalidSessionToken
from . import requests as paths
from .answers import row_in
from .credentials import Credential

if TYPE_CHECKING:
    from .client import BaseClient


def own_row(client: BaseClient, token: Any, doing: str) -> dict[str, Any]:
    """Fetch the row of a token, without the token; the server does not check whether it still holds (9.10).

    Args:
        client: The client that asks.
        token: The session token.
        doing: What is being done, for messages.

    Raises:
        InvalidSessionToken: The token is dead.
    """
    answer = client.request("GET", paths.MY_SESSION, credential=Credential("session", token), doing=doing)
    row = row_in(answer, doing)
    row.pop("sessionToken", None)
    return row


def own_id_among(client: BaseClient, credential: Credential, class_names: Sequence[str]) -> str | None:
    """Give the id of the session that asks, when rows of several sessions are to be deleted.

    Its token is dead once its row is gone, so its row has to go alone and after the others.

    Args:
        client: The client that deletes.
        credential: Who asks.
        class_names: The classes of the rows.

    Returns:
        The id; None when no session asks, or no sessions are deleted.
    """
    if credential.kind != "session" or "_Session" not in class_names:
        return None
    try:
        return str(own_row(client, credential.secret, "finding the session that asks")["objectId"])
    except InvalidSessionToken:
        return None  # then the server says so of each row
