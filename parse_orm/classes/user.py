"""A user: somebody who signs up, logs in and owns sessions."""

from collections.abc import Collection
from typing import Any, Self

from ..client.answers import part, row_in
from ..client.context import ambient_credential, as_user, current_client, follow_token, using
from ..client.credentials import ANONYMOUS, MASTER, Credential, token_of
from ..errors import (
    EmailMissing,
    InvalidCredentials,
    InvalidSessionToken,
    InvalidValue,
    ObjectNotFound,
    PasswordMissing,
    SessionTokenMissing,
)
from ..fields.field import Field
from ..fields.origin import Origin
from ..fields.property import property as column
from ..model import ParseObject
from ..model.receiver import on_own_objects
from ..types.depth import short_repr
from ..types.pointer import Pointer
from ..types.secret import Secret, hidden, hide
from .linking import Linking, credentials
from .session import Session
from .tokens import PasswordField, TokenField


class User(Linking):
    """An account (``_User``).

    >>> import parse_orm as orm
    >>> class User(orm.User):  # doctest: +SKIP
    ...     nickname = orm.property(str)

    A subclass called User takes this class's place wherever users are named.

    Attributes:
        username: unique; the server tells names apart by case at login, and not when it checks that they are free.
        email: unique; hidden from others by the server.
        password: only ever sent; never read back.
        email_verified: set by the server.
        session_token: the token of the login that gave this object, if one did.
    """

    username = column(str)
    email = column(str)
    password: Field[str, str | None] = PasswordField(
        refusal="the server neither shows a password nor compares one: use User.verify_password(...) or User.login(...)"
    )
    email_verified = column(bool, readonly=True)
    session_token: Field[str, str | None] = TokenField()

    # -- becoming somebody ---------------------------------------------------------------

    @classmethod
    def signup(cls, username: str, password: str | Secret[str], email: str | None = None, **fields: Any) -> Self:
        """Make an account and log it in.

        Args:
            username: the name to log in with.
            password: the password.
            email: the address, if there is one.
            fields: further fields of the model.

        Returns:
            The user, with a session token.

        Raises:
            UsernameMissing: the name is empty; nothing was sent.
            PasswordMissing: the password is empty; nothing was sent.
            UsernameTaken: code 202.
            EmailTaken: code 203.
            InvalidEmailAddress: code 125.
        """
        password = hidden(password)
        values = {**fields, **credentials(username, password), **({"email": email} if email else {})}
        user = cls(**values).save()
        if user.session_token is None:  # made with the master key, which gives no token
            user._wire["sessionToken"] = cls.login(username, password)._wire.get("sessionToken")
        return user

    @classmethod
    def login(cls, username: str, password: str | Secret[str], *, mfa: str | Secret[str] | None = None) -> Self:
        """Log in with a name, or an e-mail address, and a password.

        No installation id is sent: a constant one would make every login end the one before (parse-server #5882).

        Args:
            username: the name or the address.
            password: the password.
            mfa: the current one-time code, when the account has a second factor.

        Returns:
            The user, with a session token.

        Raises:
            UsernameMissing: the name is empty; nothing was sent.
            PasswordMissing: the password is empty; nothing was sent.
            InvalidCredentials: the name or the password is wrong.
            MFATokenRequired: the account has a second factor, and ``mfa`` was not given.
            ScriptFailed: the one-time code is wrong.
        """
        password, mfa = hidden(password), hidden(mfa)
        body = credentials(username, password)
        if mfa is not None:
            body["authData"] = {"mfa": {"token": mfa}}
        client = current_client()
        doing = f"logging in {username!r}"
        answer = client.request("POST", "/login", body, credential=_plain(client), idempotent=False, doing=doing)
        return cls._logged_in(client, answer, doing)

    @classmethod
    def login_as(cls, user: Any) -> Self:
        """Log in as somebody, without a password; needs the master key.

        Args:
            user: the user or its id.

        Raises:
            InvalidValue: what is given is not a user; nothing was sent.
            MasterKeyRequired: the client has no master key; nothing was sent.
            ObjectNotFound: there is no such user.
        """
        client = current_client()
        id = cls.check_id(user) if isinstance(user, str) else _user_id(user)
        doing = f"logging in as {id}"
        answer = client.request(
            "POST",
            "/loginAs",
            {"userId": id},
            credential=client.credential(master=True),
            idempotent=False,
            doing=doing,
        )
        return cls._logged_in(client, row_in(answer, doing, id), doing)

    @classmethod
    def for_token(cls, token: Any) -> Self | None:
        """The user of a session token, or None when the token is dead; always that token, whatever is in force.

        The server remembers who a token belongs to for about 5 seconds (its ``cacheTTL``, 9.10), and compares the date
        of expiry only when it looks the session up. So a token that has just expired may still give its user for that
        time, here and in every other request with it. A session that is revoked ends at once. Where the moment of
        expiry matters, ask ``Session.for_token(token)``, which looks at the date itself and is None from then on.

        Raises:
            InvalidValue: the token is blank or malformed; nothing was sent.
        """
        token = hidden(token)
        try:
            return cls._of_token(Credential("session", token_of(token)))
        except (InvalidSessionToken, ObjectNotFound):
            return None

    @classmethod
    def me(cls) -> Self:
        """The user whose token is in force.

        Raises:
            SessionTokenMissing: nobody is logged in here; nothing was sent.
            InvalidSessionToken: the token is dead.
            SessionExpired: the token has run out.
        """
        credential = current_client().credential()
        if credential.kind != "session":
            raise SessionTokenMissing(
                f"there is no session token here, requests are made as {credential.kind}: "
                "use orm.as_user(token) or a client with session_token="
            )
        return cls._of_token(credential)

    @classmethod
    def verify_password(cls, username: str, password: str | Secret[str]) -> bool:
        """Whether a password is right; no session is made.

        Raises:
            UsernameMissing: the name is empty; nothing was sent.
            PasswordMissing: the password is empty; nothing was sent.
        """
        password = hidden(password)
        client = current_client()
        doing = f"verifying the password of {username!r}"
        try:
            answer = client.request(
                "POST",
                "/verifyPassword",
                credentials(username, password),
                credential=_plain(client),
                idempotent=True,
                doing=doing,
            )
        except InvalidCredentials:
            return False
        row_in(answer, doing)
        return True

    @classmethod
    def request_password_reset(cls, email: str) -> None:
        """Have the server send a reset link; it does not say whether it knows the address.

        Raises:
            EmailMissing: the address is empty; nothing was sent.
        """
        _request_mail("/requestPasswordReset", email)

    @classmethod
    def request_email_verification(cls, email: str) -> None:
        """Have the server send the verification link again.

        Raises:
            EmailMissing: the address is empty; nothing was sent.
        """
        _request_mail("/verificationEmailRequest", email)

    # -- being somebody ------------------------------------------------------------------

    @on_own_objects()
    def sessions(self) -> list[Session]:
        """The sessions of this user, newest first, without their tokens."""
        return list(self._session_query().order("-created_at"))

    @on_own_objects()
    def logout(self) -> bool:
        """End the login that gave this object.

        Returns:
            True when this call ended it; False when there was no token or it was dead.

        Raises:
            ParseError: the server refused; the object keeps its token.
            TransportError: no answer came; the object keeps its token, so that the call can be made again.
        """
        token = self._own_token()
        if token is None:
            return False
        client, _ = self._asking(None, None)
        ended = True
        try:
            client.request(
                "POST",
                "/logout",
                {},
                credential=Credential("session", token),
                idempotent=True,
                doing="logging out",
            )
        except InvalidSessionToken:
            ended = False
        self._wire.pop("sessionToken", None)
        return ended

    @on_own_objects()
    def logout_all(self, keep_current: bool = False) -> int:
        """End every session of this user.

        Args:
            keep_current: leave the login that gave this object alone.

        Returns:
            The number of sessions that this call ended.

        Raises:
            InvalidValue: ``keep_current`` is no bool: it keeps no other login than this one. Nothing was sent.
            SessionTokenMissing: this object has no token and nobody else is asking here: no ``as_user`` or
                ``as_master`` block, no token of the client. Also for ``keep_current`` without a token.
            BatchError: some sessions were not ended, or may not have been.
        """
        if not isinstance(keep_current, bool):
            raise InvalidValue(
                f"keep_current= takes True or False, not a {type(keep_current).__name__}; to keep another login, call "
                "Session.revoke_all_for_user(user, keep=session)"
            )
        token = self._own_token()
        client, credential = self._asking(None, None)
        if token is None:
            if keep_current or (credential.kind != "session" and ambient_credential() is None):
                raise SessionTokenMissing(
                    f"this {type(self).__name__} has no session token; to end the sessions of any user, call "
                    "Session.revoke_all_for_user(user) with the master key"
                )
            return Session.revoke_all_for_user(self)
        with using(client), as_user(token):
            ended = Session.revoke_all_for_user(self, keep=token if keep_current else None)
        if not keep_current:
            self._wire.pop("sessionToken", None)
        return ended

    @on_own_objects()
    def change_password(self, new: str | Secret[str]) -> Self:
        """Change the password; every other session ends, and this object gets the new token.

        Raises:
            PasswordMissing: the new password is empty; nothing was sent.
            UnsavedReference: the user was never saved; nothing was sent.
        """
        new = hidden(new)
        self._refuse_new("changing the password")
        if not new:
            raise PasswordMissing("the new password is empty", code=201)
        type(self).password.assign(self, new)
        own = self._own_token()
        client, credential = self._asking(own, None)
        self.save(session=own)
        self._follow(client, credential)
        return self

    @property
    def acl_key(self) -> str:
        """How an ACL names this user.

        Raises:
            UnsavedReference: the user was never saved.
        """
        return self.to_pointer().id

    # -- how a user differs from other objects -----------------------------------------------

    def _session_query(self) -> Any:
        query = Session.for_user(self)
        if self._origin.client is not None:
            query = query.using(self._origin.client)
        token = self._own_token()
        return query.as_user(token) if token else query

    def _asking(self, session: Any, master: bool | None) -> tuple[Any, Any]:
        """A signup is never made with somebody else's token: the server would refuse a dead one (9.10)."""
        client, credential = super()._asking(session, master)
        if not self.is_new:
            if credential.kind == "anonymous" and self.session_token and ambient_credential() is None:
                credential = Credential("session", self._own_token())  # a user may always act as itself
            return client, credential
        ambient = ambient_credential()
        if master or (ambient is not None and ambient.kind == "master"):
            return client, credential
        return client, _plain(client)

    def _saved(self, client: Any, sent: dict[str, Any], answer: dict[str, Any], operated: Collection[str] = ()) -> None:
        if "sessionToken" in answer:
            part(answer, "sessionToken", str, f"saving {self._title()}", wrote=True)
        hide(answer, self.schema.secret)
        old, new = self._own_token(), self.is_new
        super()._saved(client, sent, answer, operated)
        if new:
            self._forget_acl()
        self._wire.pop("password", None)
        token = self._own_token()
        if old is not None and token is not None:
            client.replace_token(old, token)
            follow_token(old, token)

    @classmethod
    def _logged_in(cls, client: Any, answer: dict[str, Any], doing: str) -> Self:
        """The user of a login, which is none without its token."""
        part(answer, "sessionToken", str, doing, wrote=True)
        return cls._of(client, answer, doing)

    @classmethod
    def _of(cls, client: Any, answer: dict[str, Any], doing: str) -> Self:
        return cls._hydrate([row_in(answer, doing)], Origin(client))[0]

    def _forget_acl(self) -> None:
        """The server gives every new user an ACL, or an entry more than was sent, and does not tell (9.10).

        Reading ``acl`` fetches it: taken for public, the first edit of it would open the row to everybody.
        """
        self._wire.pop("ACL", None)
        (self._seen or {}).pop("ACL", None)
        origin = self._origin
        self._origin = Origin(origin.client, origin.keys, ("ACL",), origin.strict)

    @classmethod
    def _stranger(cls, client: Any) -> Credential:
        return _plain(client)

    @classmethod
    def _of_token(cls, credential: Credential) -> Self:
        client, doing = current_client(), "finding who asks"
        return cls._of(client, client.request("GET", "/users/me", credential=credential, doing=doing), doing)


def _user_id(user: Any) -> str:
    pointer = user.to_pointer() if isinstance(user, ParseObject) else user
    if not isinstance(pointer, Pointer) or pointer.class_name != "_User":
        raise InvalidValue(f"login_as takes a user or its id, not {type(user).__name__}")
    return pointer.id


def _plain(client: Any) -> Credential:
    """Nobody in particular; the master key only where the client has no other."""
    if client.settings.rest_key is None and client.has_master_key:
        return MASTER
    return ANONYMOUS


def _request_mail(path: str, email: Any) -> None:
    if email is not None and not isinstance(email, str):
        raise InvalidValue(f"an e-mail address is text, not {short_repr(email)}")
    if not email or not email.strip():
        raise EmailMissing("the e-mail address is empty", code=204)
    client = current_client()
    client.request(
        "POST", path, {"email": email}, credential=_plain(client), idempotent=True, doing="asking for a mail"
    )
