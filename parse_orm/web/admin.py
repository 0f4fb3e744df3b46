"""What an administrator may do: see and end the sessions of one user, or of everybody."""

from typing import Any

from ..classes import Session
from ..client.client import BaseClient
from ..client.context import as_master, current_client, using
from .manager import _id_of
from .record import SessionInfo
from .store import SessionStore


class SessionAdmin:
    """Sessions of anybody, here and on the Parse Server; the caller checks who may use it.

    >>> from parse_orm.web import MemoryStore
    >>> SessionAdmin(MemoryStore(), parse=False).list_for_user("u1")
    []

    Args:
        store: where records live.
        client: a client with the master key; None means the one in use.
        parse: whether logins on the Parse Server are ended too.
    """

    def __init__(self, store: SessionStore, client: BaseClient | None = None, *, parse: bool = True) -> None:
        self.store = store
        self._client = client
        self._parse = parse

    def list_for_user(self, user: Any) -> list[SessionInfo]:
        """The web sessions of a user, last used first.

        Raises:
            NotSupported: the store cannot list.
        """
        infos = [SessionInfo.of(record) for record in self.store.list_for_user(_id_of(user))]
        return sorted(infos, key=lambda info: info.last_active_at, reverse=True)

    def end_for_user(self, user: Any) -> int:
        """End every session of a user, and every login on the Parse Server.

        Returns:
            How many web sessions ended.

        Raises:
            NotSupported: the store does not know whose session is whose.
        """
        id = _id_of(user)
        ended = self.store.destroy_for_user(id)
        if self._parse:
            with using(self._client or current_client()), as_master():
                Session.revoke_all_for_user(id)
        return ended

    def end_session(self, session_id: str) -> bool:
        """End one web session; False when there is none of that id."""
        return self.store.destroy(session_id)

    def end_all(self) -> int:
        """End every web session of everybody; logins on the Parse Server stay.

        Returns:
            How many ended.

        Raises:
            NotSupported: the store cannot.
        """
        return self.store.destroy_all()
