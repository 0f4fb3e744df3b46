"""The tie between a web session and the login on the Parse Server that stands behind it.

The `r:` token never leaves the server: it is kept encrypted in the record, with the id of its `_Session` row.
"""

import json
import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..classes import Session, User
from ..client import requests as paths
from ..client.batch import BatchOperation, run_batch
from ..client.client import BaseClient
from ..client.context import as_master, current_client, using
from ..client.credentials import Credential
from ..errors import ConfigurationError, InvalidSessionToken, ObjectNotFound, ParseError, TransportError
from ..types.secret import Secret, hidden
from .clock import utcnow
from .record import SessionInfo, from_micros, to_micros
from .sealing import Seal

logger = logging.getLogger(__name__)

#: How far the time of a login may be off once it was stored, in microseconds; see `SessionStoreContract`.
_PRECISION = 1_000

NO_KEY = (
    "SessionConfig.encrypt_key is not set, and there is no secret of the application to take its place (Flask "
    "secret_key, Django SECRET_KEY): without a key the Parse token cannot be kept safely"
)


@dataclass(frozen=True)
class Link:
    """A login on the Parse Server.

    Attributes:
        token: its session token, hidden.
        sid: the objectId of its `_Session` row.
        checked_at: when the server last said that it holds.
        signed_in_by: its authProvider, such as "password"; empty when the server does not say.
    """

    token: Secret[str]
    sid: str
    checked_at: datetime
    signed_in_by: str = ""

    def __repr__(self) -> str:
        return f"<Link {self.sid}>"

    def to_data(self, seal: Seal | None, user_id: str, created_at: datetime) -> dict[str, Any]:
        """What a record keeps of it; the token is encrypted together with whose login it is, and of when.

        Id and secret of a session change during its life. Its user and the time of its login do not, so they tell one
        session from another.

        Args:
            seal: what encrypts the token.
            user_id: the user of the record.
            created_at: its time of login.

        Raises:
            ConfigurationError: there is no key to encrypt the token with.
        """
        if seal is None:
            raise ConfigurationError(NO_KEY)
        sealed = seal.close(json.dumps([user_id, to_micros(created_at), self.token.reveal()]))
        by = {"by": self.signed_in_by} if self.signed_in_by else {}
        return {"token": sealed, "sid": self.sid, "checked": to_micros(self.checked_at), **by}

    @classmethod
    def from_data(cls, data: Any, seal: Seal | None, user_id: str | None, created_at: datetime) -> "Link | None":
        """Read what `to_data` gave.

        None when the key was dropped, the data are damaged, or they come from another session.
        """
        if not isinstance(data, dict) or seal is None:
            return None
        token = hidden(_token_in(seal.open(data.get("token")), user_id, created_at))
        if token is None or not isinstance(data.get("sid"), str):
            return None
        return cls(token, data["sid"], from_micros(data.get("checked", 0)), str(data.get("by", "")))


def _token_in(opened: str | None, user_id: str | None, created_at: datetime) -> str | None:
    """The token of what was sealed for this login; a store keeps the time of a login to the millisecond."""
    try:
        owner, moment, token = json.loads(opened or "")
        ours = owner == user_id and abs(moment - to_micros(created_at)) < _PRECISION
    except (ValueError, TypeError):
        return None
    return token if ours and isinstance(token, str) else None


class ParseSide:
    """What the manager asks of the Parse Server, always with a credential of its own choice.

    Args:
        client: the client to ask; None means the one in use.
    """

    def __init__(self, client: BaseClient | None = None) -> None:
        self._client = client

    @property
    def client(self) -> BaseClient:
        """The client.

        Raises:
            NotConnected: there is none.
        """
        return self._client or current_client()

    def login(self, username: str, password: Secret[str], mfa: Secret[str] | None) -> Any:
        """Verify a password and make the login; the user, with its token."""
        with using(self.client):
            return User.login(username, password, mfa=mfa)

    def link(self, token: Secret[str], now: datetime) -> Link:
        """Tie a token to its `_Session` row.

        Raises:
            InvalidSessionToken: the token is dead.
        """
        with using(self.client):
            session = Session.for_token(token, strict=True)
        assert session is not None, "strict"
        return Link(token, str(session.id), now, _provider(session))

    def user(self, link: Link) -> Any:
        """The user of a login, None when the login is dead.

        Raises:
            TransportError, ParseError: the server does not say.
        """
        with using(self.client):
            return User.for_token(link.token)

    def user_by_id(self, user_id: str) -> Any:
        """A user by id, with the master key; None when there is none."""
        with using(self.client), as_master():
            return User.find(user_id)

    def verify(self, username: str, password: Secret[str]) -> bool:
        """Whether a password is right; makes no login."""
        with using(self.client):
            return User.verify_password(username, password)

    def change_password(self, link: Link, password: Secret[str]) -> Secret[str]:
        """Change the password of a user, which ends every login; the token of a new one.

        Raises:
            InvalidSessionToken: the login is dead.
        """
        user = self.user(link)
        if user is None:
            raise InvalidSessionToken("the login behind this session is dead", code=209)
        user.change_password(password)
        token: Secret[str] = hidden(str(user.session_token))
        return token

    def logout(self, link: Link) -> None:
        """End a login; one that is dead already is fine, and a server that is away does not keep a visitor in."""
        try:
            self.client.request(
                "POST",
                "/logout",
                {},
                credential=Credential("session", link.token),
                idempotent=True,
                doing="logging out",
            )
        except InvalidSessionToken:
            return
        except (TransportError, ParseError) as error:
            logger.warning("the web session ended; its login on the Parse Server lives on: %s", error)

    def sessions(self, user_id: str) -> list[Any]:
        """The logins of a user, without tokens; needs the master key."""
        with using(self.client), as_master():
            return list(Session.active().for_user(user_id).all())

    def end(self, sids: list[str]) -> int:
        """Delete logins by id; only that makes the server forget a token at once (9.10). How many there were."""
        if not sids:
            return 0
        client = self.client
        operations = [BatchOperation("DELETE", paths.row("_Session", sid)) for sid in sids]
        outcomes = run_batch(client, operations, client.credential(master=True))
        for outcome in outcomes:
            if outcome.error is not None and not isinstance(outcome.error, ObjectNotFound):
                raise outcome.error
        return sum(outcome.ok for outcome in outcomes)

    def owned(self, user_id: str, sid: str) -> bool:
        """Whether a login is one of this user's."""
        return any(session.id == sid for session in self.sessions(user_id))


def foreign_info(session: Any) -> SessionInfo:
    """A login that no web session stands for, such as a phone's, as lists show it."""
    installation = None
    with suppress(TransportError, ParseError), as_master():
        installation = session.installation
    kind = (getattr(installation, "device_type", None) or "") if installation is not None else ""
    name = (getattr(installation, "app_name", None) or "") if installation is not None else ""
    created = session.created_at or utcnow()
    return SessionInfo(
        id=session.id,
        kind="parse",
        is_current=False,
        created_at=created,
        last_active_at=session.updated_at or created,
        expires_at=session.expires_at,
        device_name=" on ".join(part for part in (name, kind) if part) or "An app",
        device_type="mobile" if kind in {"ios", "android"} else kind,
        signed_in_by=_provider(session),
    )


def _provider(session: Any) -> str:
    """How a login came about; a row made by a password change does not say, nor one made with POST /sessions."""
    provider = (session.created_with or {}).get("authProvider")
    return provider if isinstance(provider, str) else ""
