"""A session is one login: a row of ``_Session`` that makes its token valid. Deleting the row logs out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from ..associations.belongs_to import belongs_to
from ..associations.has_one import has_one
from ..client import requests as paths
from ..client.answers import row_in
from ..client.batch import BatchOperation, run_batch
from ..client.context import current_client
from ..client.credentials import Credential, token_of
from ..client.deletes import Doomed, check_deletes
from ..client.own_session import own_row
from ..codec.encode import encode
from ..errors import (
    EndpointNotFound,
    InvalidSessionToken,
    InvalidValue,
    ObjectNotFound,
    OperationForbidden,
    ReadOnlyField,
    RecordNotSaved,
    SessionExpired,
    SessionTokenMissing,
    UnsavedReference,
)
from ..fields.field import Field
from ..fields.origin import Origin
from ..fields.property import property as column
from ..fields.record import Record
from ..model import ParseObject
from ..model.outcomes import Failures, refuse_failures, undeleted
from ..model.receiver import on_own_objects
from ..query import Query, scope
from ..query.plan import Plan
from ..query.progress import Progress, reporting
from ..types.acl import ACL
from ..types.date import parse_date
from ..types.secret import Secret, hidden, revealed
from .installation import Installation
from .tokens import NoAcl, TokenField

if TYPE_CHECKING:
    from .user import User  # noqa: F401  (belongs_to["User"] below)

#: Rows of one request when expired sessions are purged.
PURGE_PAGE = 500


def _installation(query: Query[Installation], session: Any) -> Query[Installation]:
    return query.where(installation_id=session.installation_id) if session.installation_id else query.limit(0)


class Session(ParseObject, class_name="_Session"):
    """One login of one user.

    >>> from datetime import UTC, datetime
    >>> Session.active().where(Session.expires_at < datetime(2030, 1, 1, tzinfo=UTC)).limit(5)
    <SessionQuery where ... limit 5 exclude_keys sessionToken>

    Rows are asked for without their tokens unless ``with_tokens()`` says otherwise. Without the master key a server
    shows every user just the user's own sessions.

    Attributes:
        session_token: the token, when it was asked for; the server sets it.
        user: whose login it is; the server sets it.
        created_with: how it came about, ``{"action": "login", "authProvider": "password"}``; absent after a
            password change (Parse Server 9.10).
        expires_at: when the server stops accepting the token; None for never.
        installation_id: the app and device that logged in, if it said so.
        installation: the Installation of that id.
        restricted: a column without any effect on the server (9.10).
    """

    session_token: Field[str, str | None] = TokenField()
    created_with = column(dict)
    expires_at = column(datetime)
    installation_id = column(str, readonly=True)
    restricted = column(bool, readonly=True)
    user = belongs_to["User"]("User", readonly=True)
    installation = has_one(Installation, scope=_installation, scope_only=True)
    acl: Field[ACL, ACL] = NoAcl()

    @staticmethod
    def clock() -> datetime:
        """The present time; tests put another function here."""
        return datetime.now(UTC)

    _first_plan = Plan(exclude_keys=("sessionToken",))

    # -- questions -----------------------------------------------------------------------

    @scope
    @staticmethod
    def active(q: Query["Session"]) -> Query["Session"]:
        """Sessions whose token has not run out; those without ``expires_at`` never do."""
        return q.where((Session.expires_at >= Session.clock()) | Session.expires_at.is_null())

    @scope
    @staticmethod
    def expired(q: Query["Session"]) -> Query["Session"]:
        """Sessions whose token has run out; the server keeps the rows until somebody deletes them (9.10)."""
        return q.where(Session.expires_at < Session.clock())

    @scope
    @staticmethod
    def for_user(q: Query["Session"], user: Any) -> Query["Session"]:
        """Sessions of one user, given as an object or an id.

        Raises:
            UnsavedReference: the user was never saved.
        """
        if user is None:
            raise InvalidValue("for_user takes a user or its id, not None: that would ask for sessions of nobody")
        return q.where(user=user)

    @scope
    @staticmethod
    def with_tokens(q: Query["Session"]) -> Query["Session"]:
        """The rows with their tokens: whoever reads a token can act as its user."""
        return q._with(exclude_keys=())

    # -- one session ---------------------------------------------------------------------

    @classmethod
    def for_token(cls, token: Any, *, strict: bool = False) -> Self | None:
        """The session of a token, whatever credential is in force.

        The server is asked in a way that makes it check the token: its own ``/sessions/me`` answers 200 for expired
        tokens and for users who are gone (9.10).

        Args:
            token: the token, or a user or session that has one.
            strict: a dead token raises instead of giving None.

        Returns:
            The session, or None when the token is dead or expired.

        Raises:
            InvalidValue: the token is blank or malformed; nothing was sent.
            InvalidSessionToken: ``strict``, and the token is dead.
            SessionExpired: ``strict``, and the token has run out.
        """
        token = hidden(token)
        try:
            session = cls._authenticated(token_of(token))
        except InvalidSessionToken:
            if strict:
                raise
            return None
        return session

    @classmethod
    def me(cls) -> Self:
        """The session of the current token.

        Raises:
            SessionTokenMissing: nobody is logged in here; nothing was sent.
            SessionExpired: the token has run out.
            InvalidSessionToken: the token is dead.
        """
        credential = current_client().credential()
        if credential.kind != "session":
            raise SessionTokenMissing(
                f"there is no session token here, requests are made as {credential.kind}: "
                "use orm.as_user(token) or a client with session_token="
            )
        return cls._authenticated(credential.secret)

    @classmethod
    def _authenticated(cls, token: Any) -> Self:
        """The session of a token, once the server has accepted the token.

        No query names the token: servers that protect the column refuse that with 119 (9.10). ``/sessions/me`` gives
        the row, and asking for the row by its id, as its user, has the token checked.
        """
        client, doing = current_client(), "finding a session"
        told = own_row(client, token, doing)
        session: Self | None
        try:
            session = cls.query().using(client).as_user(token).where(id=told["objectId"]).first()
        except OperationForbidden:  # the token was accepted; its user may not list sessions
            session = cls._hydrate([told], Origin(client, excluded=("sessionToken",)))[0]
        if session is None:
            raise InvalidSessionToken("the server knows no session of this token", code=209, doing="finding a session")
        row_in(session._wire, doing, told["objectId"])
        if session.is_expired:
            raise SessionExpired("the session has expired", code=209, doing="finding a session")
        session._wire["sessionToken"] = token
        return session

    @property
    def is_expired(self) -> bool:
        """Whether the token has run out by this machine's clock."""
        return self.expires_at is not None and self.expires_at < self.clock()

    @property
    def is_active(self) -> bool:
        """Whether the token has not run out; it may have been revoked all the same."""
        return not self.is_expired

    @property
    def time_remaining(self) -> timedelta | None:
        """How long the token still lasts: zero when it has run out, None when it never does."""
        if self.expires_at is None:
            return None
        return max(self.expires_at - self.clock(), timedelta())

    @on_own_objects()
    def expires_within(self, period: timedelta | float) -> bool:
        """Whether the token runs out within a period.

        Args:
            period: a timedelta, or seconds.
        """
        span = period if isinstance(period, timedelta) else timedelta(seconds=period)
        remaining = self.time_remaining
        return remaining is not None and remaining < span

    # -- ending sessions -----------------------------------------------------------------

    @on_own_objects("Session.revoke_all_for_user(user) ends the sessions of a user")
    def revoke(self, *, session: Any = None, master: bool | None = None) -> bool:
        """End the login: its token is dead at once.

        Returns:
            True when this call ended it; False when it was already gone or never saved.

        Raises:
            ObjectNotFound: without the master key, for a session that is not known to be of the user who asks: it is
                gone, or not visible.
        """
        session = hidden(session)
        if self.is_destroyed:
            return False  # asking again with its own token would be refused rather than answered
        try:
            return self.destroy(session=session, master=master)
        except InvalidSessionToken:
            _, credential = self._asking(session, master)
            if credential.token is not None and credential.token == self.session_token:
                return False  # it was asked to end itself, and is dead already
            raise

    @classmethod
    def revoke_all_for_user(cls, user: Any, *, keep: Any = None, progress: Progress = False) -> int:
        """End every session of a user.

        Deletes travel in batches of 100; the session that asks goes last, so that it can end the others first.

        Args:
            user: the user or its id.
            keep: one session to leave alone: a Session, its id, a token, or the User that a login gave. An id or a
                token that no session of the user has keeps nothing: the login it named may have ended.
            progress: True for a bar on standard error, or a function called with the number done.

        Returns:
            The number of sessions that this call ended.

        Raises:
            UnsavedReference: the user was never saved.
            InvalidValue: ``keep`` is another user, or known as the session of one; nothing was sent.
            ObjectNotFound: with the master key: an id was given that no user has; a user name is not an id.
            BatchError: some sessions were not ended (``.failed``), or may not have been (``.unknown``).
        """
        client = (user._origin.client if isinstance(user, Record) else None) or current_client()
        credential = client.credential()
        query = cls.for_user(user).using(client)
        own = credential.secret
        keep = hidden(keep)
        _refuse_session_of_another(user, keep)
        kept_id, kept_token = _kept(keep)
        named = own is not None or kept_token is not None
        query = query.with_tokens().keys("session_token") if named else query.keys("user")
        rows = list(query if own is None else query.as_user(own))
        own_id = _id_of(client, own, rows)
        kept_id = _id_of(client, kept_token, rows) if kept_token is not None else kept_id
        rows = [row for row in rows if row.id != kept_id]
        if not rows and isinstance(user, str):
            _refuse_stranger(client, credential, user)
        rows.sort(key=lambda row: row.id == own_id)
        return _delete(client, credential, rows, progress, own_last=bool(rows) and rows[-1].id == own_id)

    @classmethod
    def active_count_for_user(cls, user: Any) -> int:
        """How many sessions of a user have not run out; one request, and one more for an id without any.

        Raises:
            ObjectNotFound: as for ``revoke_all_for_user``.
        """
        client = current_client()
        count = cls.for_user(user).using(client).active().count()
        if not count and isinstance(user, str):
            _refuse_stranger(client, client.credential(), user)
        return count

    @classmethod
    def purge_expired(cls, *, progress: Progress = False) -> int:
        """Delete the rows of sessions that have run out, which Parse Server 9.10 never does by itself.

        Args:
            progress: True for a bar on standard error, or a function called with the number done.

        Returns:
            The number of rows removed.

        Raises:
            MasterKeyRequired: the client has no master key; nothing was sent.
            BatchError: some rows were not removed (``.failed``), or may not have been (``.unknown``); ``.result`` is
                the number of those that were, and every other row was tried.
        """
        client = current_client()
        credential = client.credential(master=True)
        ending = _Ending(client, credential)
        pages = cls.expired().using(client).as_master().keys("user").batches(PURGE_PAGE)
        for page in reporting(pages, progress, "sessions") if progress else pages:
            ending.delete(page)
        return ending.ended_all()

    # -- what the server does not allow, and what is not asked for ---------------------------

    def _fetch_row(
        self, params: dict[str, Any], session: Any = None, master: bool | None = None, keep: bool = False
    ) -> None:
        """Read the row without its token; one that is known already stays."""
        token = self._wire.get("sessionToken")
        shape = params if "keys" in params else {**params, "excludeKeys": "sessionToken"}
        try:
            super()._fetch_row(shape, session, master, keep)
        except EndpointNotFound:  # so it is where nobody has logged in yet: see ``BaseClient.find``
            client, credential = self._asking(session, master)
            where = {"objectId": self._wire["objectId"]}
            find = {"where": where, "limit": 1, "excludeKeys": "sessionToken"}
            if client.find("_Session", find, credential=credential)["results"]:
                raise
            raise ObjectNotFound("Object not found.", code=101, doing=f"fetching {self._title()}") from None
        if token is not None:
            self._wire["sessionToken"] = token

    def _creating(self, sent: dict[str, Any]) -> dict[str, Any]:
        """A new session of whoever asks. Neither user, token nor installation id is ever sent: a server before
        9.10.1 deletes the sessions of the user and installation that are named there (parse-server #10582)."""
        return {path: value for path, value in sent.items() if path not in NEVER_SENT}

    def _asking(self, session: Any, master: bool | None) -> tuple[Any, Any]:
        client, credential = super()._asking(session, master)
        if self.is_new and credential.kind != "session":
            raise RecordNotSaved(
                "a session is made by logging in, or by a user who already has one: "
                "use User.login(...), User.login_as(...) or save(session=token)",
                object=self,
            )
        return client, credential


#: Columns that no request to /sessions carries.
NEVER_SENT = frozenset({"user", "sessionToken", "installationId", "objectId", "ACL", "createdAt", "updatedAt"})


def _kept(keep: Any) -> tuple[str | None, Secret[str] | None]:
    """Id and token of the session to keep; whichever is known."""
    if keep is None:
        return None, None
    if isinstance(keep, Record):
        id = keep._wire.get("objectId") if keep.schema.class_name == "_Session" else None
        token = None if id else hidden(keep._wire.get("sessionToken"))
        if id is None and token is None:
            raise UnsavedReference("keep= takes a saved Session, its id or a token")
        return id, token
    if isinstance(keep, Secret) and keep.reveal().startswith("r:"):
        return None, token_of(keep)
    return Session.check_id(revealed(keep)), None


def _refuse_session_of_another(user: Any, keep: Any) -> None:
    """Refuse to keep what is known not to be a session of the user: nothing would be kept.

    Raises:
        InvalidValue: it is another user, or a session of one.
    """
    class_name = keep.schema.class_name if isinstance(keep, Record) else None
    if class_name == "_Session":
        owner = (keep._wire.get("user") or {}).get("objectId")
    else:
        owner = keep._wire.get("objectId") if class_name == "_User" else None
    if owner is not None and owner != (user if isinstance(user, str) else user.id):
        raise InvalidValue("keep= takes a session of the user whose sessions end, and this one is of another user")


def _refuse_stranger(client: Any, credential: Credential, id: str) -> None:
    """Refuse an id that is not one of a user, such as the name of one; only the master key can tell.

    Raises:
        ObjectNotFound: there is no such user.
    """
    if credential.kind != "master":
        return
    doing = f"finding the user {id}; a user is given as an object or by its objectId, not by its name"
    client.request("GET", paths.row("_User", id), credential=credential, doing=doing)


def _id_of(client: Any, token: Secret[str] | None, rows: Sequence[Any]) -> str | None:
    """The id of a token's session among the rows of its user; None when it is not there.

    A server that protects the column gives rows without their tokens, and is asked once more.
    """
    if token is None or not rows:
        return None
    for row in rows:
        if revealed(row._wire.get("sessionToken")) == token.reveal():
            return str(row.id)
    if all("sessionToken" in row._wire for row in rows):
        return None
    try:
        return str(own_row(client, token, "finding a session")["objectId"])
    except InvalidSessionToken:
        return None


def _delete(
    client: Any, credential: Credential, rows: Sequence[Any], progress: Progress = False, own_last: bool = False
) -> int:
    """Delete sessions and count those that were there. With ``own_last`` the last one goes alone, after the others."""
    ending = _Ending(client, credential)
    groups = [rows[:-1], rows[-1:]] if own_last else [rows]
    chunks = [group[start : start + 100] for group in groups for start in range(0, len(group), 100)]
    for chunk in reporting(iter(chunks), progress, "sessions") if progress else chunks:
        ending.delete(chunk)
    return ending.ended_all()


@dataclass(slots=True)
class _Ending:
    """Deletes of sessions, and what became of all of them."""

    client: Any
    credential: Credential
    total: int = 0
    ended: int = 0
    failed: Failures = field(default_factory=list)
    unknown: Failures = field(default_factory=list)

    def delete(self, rows: Sequence[Any]) -> None:
        """Delete some, in batches of 100; what goes wrong is noted."""
        self.total += len(rows)
        for start in range(0, len(rows), 100):
            self._delete_batch(rows[start : start + 100])

    def _delete_batch(self, rows: Sequence[Any]) -> None:
        operations = [BatchOperation("DELETE", paths.row("_Session", row.id)) for row in rows]
        outcomes = run_batch(self.client, operations, self.credential)
        # A user has found own sessions alone, and can see all of them.
        doomed = [Doomed("_Session", row.id, gone=True) for row in rows]
        outcomes = check_deletes(self.client, self.credential, doomed, outcomes)
        self.ended += sum(outcome.ok for outcome in outcomes)
        failed, unknown = undeleted(rows, outcomes)
        self.failed += failed
        self.unknown += unknown

    def ended_all(self) -> int:
        """Give the number of those that were there and are gone.

        Raises:
            BatchError: some were not ended, or may not have been.
        """
        refuse_failures("sessions", "ended", self.total, self.failed, self.unknown, result=self.ended)
        return self.ended


def as_data(data: object) -> dict[str, Any]:
    """Wire data for an update of a session.

    Raises:
        ReadOnlyField: a column that only the server may set.
        InvalidValue: a value that the column cannot hold, or an operation.
    """
    if not isinstance(data, Mapping) or not all(isinstance(name, str) for name in data):
        raise InvalidValue(
            f"columns of a session are given in a dict with wire names as keys, not as a {type(data).__name__}"
        )
    return {name: _as_value(name, value) for name, value in data.items()}


def _as_value(name: str, value: Any) -> Any:
    root, dot, _ = name.partition(".")
    if root in NEVER_SENT:
        raise ReadOnlyField(f"Session.{root} is read-only: the server sets it")
    paths.check_field_name(root)
    if value is None or _holds_operation(value):
        # A session whose expiresAt was deleted never ends.
        raise InvalidValue(f"Session.{name}: expected a value, got {'None' if value is None else 'an operation'}")
    declared = next((one for one in Session.fields().values() if one.path == root), None)
    if declared is None:
        return encode(value)
    if dot:
        raise InvalidValue(f"Session.{root} is set as a whole, not by {name!r}")
    if isinstance(value, Mapping) and value.get("__type") == "Date" and isinstance(value.get("iso"), str):
        value = parse_date(value["iso"])
    return declared.encode(value)


def _holds_operation(value: Any) -> bool:
    if isinstance(value, Mapping):
        return "__op" in value or any(map(_holds_operation, value.values()))
    return isinstance(value, (list, tuple)) and any(map(_holds_operation, value))
