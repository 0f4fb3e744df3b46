"""Accounts without a password: anonymous ones, those of other services, and the second factor at login."""

import uuid
from collections.abc import Mapping
from typing import Any, Literal, Self

from ..client.answers import MADE, part, unusable
from ..client.context import current_client, follow_token
from ..client.credentials import Credential
from ..codec.encode import encode
from ..errors import InvalidValue, PasswordMissing, SessionTokenMissing, UnsavedReference, UsernameMissing
from ..fields.property import property as column
from ..model import ParseObject
from ..model.receiver import on_own_objects
from ..types.depth import short_repr
from ..types.secret import Secret, hidden, hide, revealed, sealed
from . import totp

#: The provider name of accounts that have neither name nor password.
ANONYMOUS = "anonymous"

#: The provider name of the second factor.
MFA = "mfa"


class Linking(ParseObject, class_name="_User"):
    """What a User does with ``authData``: the accounts of other services that lead to this one.

    The column is never taken from data, never sent by a save, and shown as ``[hidden]``; the server shows it to the
    user and to the master key alone. These methods are the only way to change it.
    """

    auth_data = column(dict, readonly=True, hidden=True)

    @classmethod
    def login_with(cls, provider: str, data: Mapping[str, Any]) -> Self:
        """Log in by another service, making the account when there is none for it.

        >>> import parse_orm as orm
        >>> orm.User.login_with("anonymous", {"id": "0b6ab2c4"}).is_anonymous
        True

        Args:
            provider: the service as the server's ``auth`` option names it: "google", "apple", "anonymous".
            data: what the service gave: ``{"id": ..., "id_token": ...}``.

        Returns:
            The user, with a session token.

        Raises:
            InvalidCredentials: the service does not know this login, or the server does not know the service.
        """
        data = _service(provider, data)
        client = current_client()
        doing = f"logging in with {provider}"
        answer = client.request(
            "POST",
            "/users",
            {"authData": data},
            credential=cls._stranger(client),
            idempotent=False,
            doing=doing,
        )
        part(answer, "sessionToken", str, doing, wrote=True)
        hide(answer, ["sessionToken"])
        return cls._of_token(Credential("session", answer["sessionToken"]))

    @classmethod
    def anonymous(cls) -> Self:
        """Make an account without name and password, and log it in; ``claim`` gives it both.

        Returns:
            The user, with a session token: whoever loses it loses the account.
        """
        return cls.login_with(ANONYMOUS, {"id": str(uuid.uuid4())})

    @on_own_objects()
    def link(self, provider: str, data: Mapping[str, Any]) -> Self:
        """Let another service lead to this account as well.

        Args:
            provider: the service as the server's ``auth`` option names it.
            data: what the service gave.

        Raises:
            AccountAlreadyLinked: it leads to another account.
            SessionTokenMissing: the user is not logged in here and the client has no master key; nothing was sent.
        """
        data = _service(provider, data)
        self._send_auth(data, f"linking {provider}")
        return self

    @on_own_objects()
    def unlink(self, provider: str) -> Self:
        """Let another service no longer lead to this account.

        Raises:
            InvalidValue: that service does not lead to this account; nothing was changed.
            SessionTokenMissing: the user is not logged in here and the client has no master key; nothing was sent.
        """
        self._send_auth({_provider(provider): None}, f"unlinking {provider}", linked=True)
        return self

    @on_own_objects()
    def claim(self, username: str, password: str | Secret[str], email: str | None = None) -> Self:
        """Give an anonymous account a name and a password, in one request; its rows stay its own.

        Args:
            username: the name to log in with.
            password: the password.
            email: the address, if there is one.

        Returns:
            The user itself, no longer anonymous; every other session ends, and this object gets the new token.

        Raises:
            UsernameMissing: the name is empty; nothing was sent.
            PasswordMissing: the password is empty; nothing was sent.
            InvalidValue: the account is not anonymous; nothing was changed.
            UsernameTaken: code 202; the account stays anonymous.
            SessionTokenMissing: the user is not logged in here; nothing was sent.
        """
        password = hidden(password)
        given = {
            **credentials(username, password),
            **({"email": self.schema.columns["email"].encode(email)} if email else {}),
        }
        self._send_auth({ANONYMOUS: None}, "claiming an anonymous account", linked=True, **given)
        return self

    @on_own_objects()
    def is_linked(self, provider: str) -> bool:
        """Whether a service leads to this account, as far as this object was told."""
        return bool((self.auth_data or {}).get(provider))

    @property
    def is_anonymous(self) -> bool:
        """Whether the account has neither name nor password, as far as this object was told."""
        return self.is_linked(ANONYMOUS)

    # -- the second factor -----------------------------------------------------------------

    @staticmethod
    def new_mfa_secret() -> str:
        """A secret to show to an authenticator app, before ``enable_mfa``."""
        return totp.new_secret()

    @on_own_objects()
    def mfa_uri(self, secret: str | Secret[str], issuer: str) -> str:
        """The text of the QR code that brings a secret into an authenticator app.

        Args:
            secret: from ``new_mfa_secret``.
            issuer: the name of the application.
        """
        secret = hidden(secret)
        return totp.provisioning_uri(secret.reveal(), str(self["username"]), issuer)

    @on_own_objects()
    def enable_mfa(self, secret: str | Secret[str], code: str | Secret[str]) -> list[str]:
        """Ask for a one-time code at every login from now on.

        Args:
            secret: from ``new_mfa_secret``, at least 20 characters.
            code: what the authenticator app shows, which proves that it has the secret.

        Returns:
            Recovery codes, each good for one login: show them once, and keep them nowhere.

        Raises:
            ScriptFailed: the code is wrong, or the secret too short.
            SessionTokenMissing: the user is not logged in here; nothing was sent.
        """
        secret, code, doing = hidden(secret), hidden(code), "enabling the second factor"
        answer = self._send_auth({MFA: {"secret": secret, "token": code}}, doing)
        told = part(part(answer, "authDataResponse", dict, doing, wrote=True), MFA, dict, doing, wrote=True)
        recovery = told.get("recovery")
        codes = recovery.split(",") if isinstance(recovery, str) else recovery
        if not isinstance(codes, list) or not all(isinstance(one, str) and one.strip() for one in codes):
            del told, recovery, codes
            raise unusable(answer, f"{MADE}the answer has no recovery codes", doing=doing)
        return [one.strip() for one in codes]

    @on_own_objects()
    def disable_mfa(self, code: str | Secret[str]) -> Self:
        """Log in without a one-time code again.

        Parse Server 9.10 would take the second factor away without any proof. So the code is checked first, by
        putting a new secret in the place of the old one.

        Args:
            code: what the authenticator app shows.

        Raises:
            ScriptFailed: the code is wrong; the second factor stays.
            SessionTokenMissing: the user is not logged in here; nothing was sent.
        """
        code, secret = hidden(code), hidden(totp.new_secret())
        proof = {"old": code, "secret": secret, "token": hidden(totp.code(secret.reveal()))}
        self._send_auth({MFA: proof}, "checking the one-time code")
        self._send_auth({MFA: None}, "disabling the second factor")
        return self

    @property
    def mfa_status(self) -> Literal["enabled", "disabled"]:
        """Whether a login asks for a one-time code, as far as this object was told."""
        return "enabled" if self.is_linked(MFA) else "disabled"

    # -- how it is sent ----------------------------------------------------------------------

    def _refuse_new(self, doing: str) -> None:
        if self.is_new:
            raise UnsavedReference(f"{doing}: this {type(self).__name__} was never saved; signup() makes an account")

    def _refuse_unlinked(self, provider: str, doing: str, client: Any, credential: Credential) -> None:
        """Refuse a service that does not lead here; the server is asked where the object was not told of it."""
        told: dict[str, Any] = self._wire
        if not (told.get("authData") or {}).get(provider):
            path = "/users/me" if credential.kind == "session" else self._path()
            told = client.request("GET", path, credential=credential, doing=doing)
            hide(told, self.schema.secret)
        if told.get("objectId") == self._wire["objectId"] and not (told.get("authData") or {}).get(provider):
            raise InvalidValue(
                f"{doing}: the account is not linked with {provider!r}"
                + ("; change_password() and save() change one that has a name" if provider == ANONYMOUS else "")
            )

    def _send_auth(self, data: dict[str, Any], doing: str, linked: bool = False, **more: Any) -> dict[str, Any]:
        """One PUT with this user's own token, or with what is ambient when the object has none.

        Args:
            data: the services, with what they gave; None for one that is to lead here no more.
            doing: for messages.
            linked: whether the services have to lead here already.
            more: further columns.
        """
        self._refuse_new(doing)
        client, credential = self._asking(self._own_token(), None)
        if credential.kind == "anonymous":
            raise SessionTokenMissing(f"{doing}: this {type(self).__name__} is not logged in; log in first")
        for provider in data if linked else ():
            self._refuse_unlinked(provider, doing, client, credential)
        body = {**more, "authData": data}
        answer: dict[str, Any] = client.request("PUT", self._path(), body, credential=credential, doing=doing)
        known = {**(self._wire.get("authData") or {})}
        for provider, value in data.items():
            known.pop(provider, None)
            if value is not None:
                # What was sent may be a secret: only that it is there is kept.
                known[provider] = {"status": "enabled"} if provider == MFA else {"id": revealed(value.get("id", ""))}
        self._saved(client, more, {**_without_auth(answer), "authData": known})
        self._follow(client, credential)
        return answer

    def _follow(self, client: Any, credential: Credential) -> None:
        """Let the client and the open blocks of whoever asked go on with the new token of this user, if it got one."""
        token = self._own_token()
        if credential.secret is not None and token is not None:
            client.replace_token(credential.secret, token)
            follow_token(credential.secret, token)

    def _own_token(self) -> Secret[str] | None:
        token: Secret[str] | None = hidden(self._wire.get("sessionToken"))
        return token

    @classmethod
    def _stranger(cls, client: Any) -> Credential:
        """Nobody in particular, who asks to be let in."""
        raise NotImplementedError

    @classmethod
    def _of_token(cls, credential: Credential) -> Self:
        """The user of a token."""
        raise NotImplementedError


def _without_auth(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in {"authData", "authDataResponse"}}


def credentials(username: Any, password: Any) -> dict[str, Any]:
    """The name and the password of a login, as they are sent.

    Raises:
        UsernameMissing: the name is empty.
        PasswordMissing: the password is empty.
        InvalidValue: one of them is no text.
    """
    password = hidden(password)
    if username is None or (isinstance(username, str) and not username.strip()):
        raise UsernameMissing("the user name is empty", code=200)
    if not isinstance(username, str):
        raise InvalidValue(f"the user name is text, not {short_repr(username)}")
    if not password:
        raise PasswordMissing("the password is empty", code=201)
    if not isinstance(password, Secret):
        raise InvalidValue(f"the password is text, not {type(password).__name__}")
    return {"username": username, "password": password}


def _service(provider: Any, data: Any) -> dict[str, Any]:
    """The data of a service as they are sent."""
    name = _provider(provider)
    if not isinstance(data, Mapping):
        raise InvalidValue(f"what {name} gave is a mapping such as {{'id': ...}}, not {type(data).__name__}")
    return {name: sealed(encode(dict(data)))}


def _provider(name: Any) -> str:
    if not isinstance(name, str) or not (name.isidentifier() and name.isascii()) or name == MFA:
        raise InvalidValue(f"{short_repr(name)} is no service: name it as the server's auth option does")
    return name
