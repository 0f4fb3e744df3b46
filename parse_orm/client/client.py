"""The client: server URL, credentials and transport in, decoded JSON or a typed error out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, BinaryIO, NoReturn, Self

from parse_orm.client import requests as paths
from parse_orm.client.answers import created, decoded, part
from parse_orm.client.batch import BatchRoute
from parse_orm.client.config import UNSET, Unset, check_timeout, read_settings
from parse_orm.client.context import ambient_credential
from parse_orm.client.credentials import ANONYMOUS, MASTER, Credential, check_header, check_master, token_of
from parse_orm.client.exchange import Call, Exchange
from parse_orm.client.headers import JSON, Value, compose, key_headers, without_plain_secrets
from parse_orm.client.idempotency import (
    REQUEST_ID,
    Proofs,
    is_provable,
    is_repeatable,
    is_write,
    new_request_id,
)
from parse_orm.client.redaction import Known, without_plain_passwords
from parse_orm.codec import json
from parse_orm.errors import (
    EndpointNotFound,
    FileReadError,
    MasterKeyRequired,
    ObjectNotFound,
    OperationForbidden,
    TransportError,
)
from parse_orm.transport.base import Transport
from parse_orm.transport.hooks import Hooks
from parse_orm.transport.messages import Body, Request, Response, Upload
from parse_orm.transport.retry import Retry
from parse_orm.transport.sync import RequestsTransport
from parse_orm.types.policy import policy_named
from parse_orm.types.secret import Secret, hidden


class BaseClient:
    """Asks one Parse application on one server; safe to share between threads.

    Args:
        server_url: the URL of the Parse mount; None means PARSE_SERVER_URL.
        app_id: the application id; None means PARSE_APP_ID.
        rest_key: the REST key; None means PARSE_REST_API_KEY, which may be absent.
        master_key: the master key; left out means PARSE_MASTER_KEY, None means none at all.
        session_token: a token, user or session to ask as when no block says otherwise.
        timeout: seconds for one try, from waiting for a connection to the end of the answer; see `Retry`.
        retries: how failures are repeated; None means `Retry()`.
        trust_env: whether proxies and CA bundles of the environment count.
        transport: carries the requests; None means a `RequestsTransport`.
        require_https: refuse plain http off loopback; None means PARSE_REQUIRE_HTTPS.
        default_acl: the ACL policy of models that have none.
        hooks: functions to call around each try.

    Raises:
        NotConnected: the server URL or the application id is missing.
        ConfigurationError: a setting is wrong.

    Example:
        >>> from parse_orm.client.client import BaseClient
        >>> BaseClient("http://localhost:1337/parse", "app", master_key="secret")
        <BaseClient http://localhost:1337/parse app>
    """

    def __init__(
        self,
        server_url: str | None = None,
        app_id: str | None = None,
        rest_key: str | Secret[str] | None = None,
        master_key: str | Secret[str] | Unset | None = UNSET,
        session_token: Any = None,
        timeout: float = 30.0,
        retries: Retry | None = None,
        trust_env: bool = True,
        transport: Transport | None = None,
        require_https: bool | None = None,
        default_acl: str | None = None,
        hooks: Hooks | None = None,
    ) -> None:
        """Read the settings; nothing touches the network."""
        rest_key, master_key, session_token = hidden(rest_key), hidden(master_key), hidden(session_token)
        self.settings = read_settings(
            server_url, app_id, rest_key, master_key, timeout=timeout, require_https=require_https
        )
        self.default_acl: str | None = None if default_acl is None else policy_named(default_acl).name
        self.batch_route = BatchRoute()
        self._bound = None if session_token is None else Credential("session", token_of(session_token))
        self._owns_transport = transport is None
        self._transport = transport or RequestsTransport(trust_env=trust_env)
        self._proofs = Proofs()
        self._exchange = Exchange(self._transport, retries or Retry(), hooks or Hooks(), self._proven)
        self._keys = key_headers(self.settings)
        self._secrets = self.settings.secrets

    def __repr__(self) -> str:
        settings = vars(self).get("settings")  # a frame may hold a client whose settings were refused
        where = "without settings" if settings is None else f"{settings.server_url} {settings.app_id}"
        return f"<{type(self).__name__} {where}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client holds keys and sockets, so it is not pickled; connect anew over there")

    @property
    def server_url(self) -> str:
        """The URL of the Parse mount, without a slash at its end."""
        return self.settings.server_url

    @property
    def app_id(self) -> str:
        """The application id."""
        return self.settings.app_id

    @property
    def has_master_key(self) -> bool:
        """Whether requests may be made with the master key."""
        return self.settings.master_key is not None

    def credential(self, session: Any = None, master: bool | None = None) -> Credential:
        """Decide who asks: explicit session, explicit master, ambient block, bound token, master key, nobody.

        Args:
            session: a token, user or session given for this one call.
            master: True for the master key, False for anything but it, None to leave it open.

        Returns:
            The credential of the next request.

        Raises:
            MasterKeyRequired: the master key is asked for and there is none.
            SessionTokenMissing: the object given as session has no token.
            InvalidValue: the token is blank or malformed, or ``master`` is not a bool.
        """
        if master is not None:
            check_master(master)
        if session is not None:
            session = hidden(session)
            return Credential("session", token_of(session))
        if master:
            return self._checked(MASTER)
        ambient = ambient_credential()
        if ambient is not None and not (master is False and ambient.kind == "master"):
            return self._checked(ambient)
        if self._bound is not None:
            return self._bound
        return MASTER if master is None and self.has_master_key else ANONYMOUS

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        credential: Credential | None = None,
        headers: Mapping[str, Value] | None = None,
        context: Mapping[str, Any] | None = None,
        idempotent: bool | None = None,
        timeout: float | None = None,
        installation_id: str | None = None,
        doing: str = "",
        expect: type = dict,
    ) -> Any:
        """Send one request, and decode its answer.

        Args:
            method: the HTTP verb.
            path: the path below the server URL, from `parse_orm.client.requests`.
            body: what to send as JSON, None for no body.
            credential: who asks; None means whatever `credential()` decides.
            headers: more headers.
            context: a JSON object for Cloud Code triggers.
            idempotent: whether a repeat does no harm; None decides by verb and body.
            timeout: seconds for one try; None means the client's.
            installation_id: the installation that asks.
            doing: what is being done, for error messages.
            expect: the type of the answer: dict, list (of `/batch` and `/hooks`), or object for anything.

        Returns:
            The decoded answer; `{}` when the answer to a DELETE was empty.

        Raises:
            ParseError: the server refused; a class per code.
            TransportError: no usable answer came.
            AnswerCutShort: the answer is not what `expect` says; of a write, that it was most likely done.
            InvalidValue: a value or a header cannot be sent.
            MasterKeyRequired: the credential needs a key that the client has not.
        """
        body, headers = without_plain_passwords(body), without_plain_secrets(headers)
        call = self._call(
            method,
            path,
            None if body is None else Body(json.dumps(body)),
            self._headers(credential, headers, context, installation_id, JSON),
            body,
            repeatable=is_repeatable(method, body) if idempotent is None else idempotent,
            write=is_write(method, body),
            timeout=timeout,
            doing=doing or f"{method} {path}",
        )
        return decoded(self._exchange.run(call), call, expect)

    def send_raw(
        self,
        method: str,
        path: str,
        content: bytes | Upload | None = None,
        *,
        content_type: str = "application/octet-stream",
        credential: Credential | None = None,
        headers: Mapping[str, Value] | None = None,
        idempotent: bool = False,
        timeout: float | None = None,
        doing: str = "",
    ) -> Response:
        """Send bytes as they are, for files.

        Args:
            method: the HTTP verb.
            path: the path below the server URL.
            content: the bytes to send, or an `Upload` that reads them while they are sent.
            content_type: what the bytes are.
            credential: who asks; None means whatever `credential()` decides.
            headers: more headers.
            idempotent: whether a repeat does no harm.
            timeout: seconds for one try; None means the client's.
            doing: what is being done, for error messages.

        Returns:
            The answer, with a status of 200-299.

        Raises:
            ParseError: the server refused.
            TransportError: no usable answer came.
            InvalidValue: a header cannot be sent.
        """
        check_header("content_type", content_type)
        call = self._call(
            method,
            path,
            content,
            self._headers(credential, without_plain_secrets(headers), None, None, content_type),
            None,
            repeatable=idempotent,
            write=False,
            timeout=timeout,
            doing=doing or f"{method} {path}",
        )
        return self._exchange.run(call)

    def read_url(self, url: str, sink: BinaryIO | None = None, *, doing: str = "") -> bytes:
        """Read what an absolute URL gives, for files; the master key never goes along.

        Args:
            url: where to read; only below the server URL do keys and the session of the moment go along.
            sink: a seekable file that takes the bytes; what it holds is overwritten.
            doing: what is being done, for error messages.

        Returns:
            The bytes; none of them with a sink.

        Raises:
            FileReadError: the answer is none of 200-299.
            TransportError: no usable answer came.
        """
        own = url.startswith(f"{self.settings.server_url}/")
        who = self.credential(master=False) if own else ANONYMOUS
        headers = compose(self._keys[who.kind if own else "none"], who, "application/octet-stream")
        headers["Accept"] = "*/*"
        headers["Accept-Encoding"] = "identity"  # so that the length tells whether all of it came
        path = url.removeprefix(self.settings.server_url) if own else url
        secrets = Known(self._secrets, who.secret)
        request = Request("GET", url, headers, None, self.settings.timeout, sink)
        try:
            body = self._exchange.run(Call(path, request, doing, repeatable=True, secrets=secrets)).body
        except (ObjectNotFound, EndpointNotFound, OperationForbidden) as error:
            raise FileReadError(
                "the server gives no such file", code=601, http_status=error.http_status, doing=doing
            ) from error
        if sink is None or not body:
            return body
        # A transport of the user's own, or one for tests, may not know sinks.
        sink.seek(0)
        sink.truncate()
        sink.write(body)
        return b""

    def find(
        self,
        class_name: str,
        params: Mapping[str, Any] | None = None,
        *,
        credential: Credential | None = None,
        context: Mapping[str, Any] | None = None,
        timeout: float | None = None,
        doing: str = "",
    ) -> dict[str, Any]:
        """Ask for rows of a class.

        Sent as POST with `_method: GET`, because a URL may not exceed 16 KB (Parse Server 9.10, HTTP 431).

        Args:
            class_name: the Parse class name.
            params: `where` (an object), `limit`, `order` and the like.
            credential: who asks; None means whatever `credential()` decides.
            context: a JSON object for Cloud Code triggers.
            timeout: seconds for one try; None means the client's.
            doing: what is being done, for error messages.

        Returns:
            The answer: `results`, and `count` when it was asked for.

        Raises:
            ParseError: the server refused.
            TransportError: no usable answer came.
            AnswerCutShort: the answer holds no list of results.
            InvalidClassName: no class can be called so.
        """
        doing = doing or f"finding {class_name}"
        asked = {**(params or {}), "_method": "GET"}
        path = paths.collection(class_name)
        try:
            answer: dict[str, Any] = self.request(
                "POST", path, asked, credential=credential, context=context, timeout=timeout, doing=doing
            )
        except EndpointNotFound:
            # Of a class that is not there yet, a query with excludeKeys is answered so, and another one with no rows
            # (9.10). A server that starts answers so for a moment, too.
            if "excludeKeys" not in asked:
                raise
            bare = {"where": asked.get("where") or {}, "keys": "objectId", "limit": 1}
            if self.find(class_name, bare, credential=credential, context=context, timeout=timeout, doing=doing)[
                "results"
            ]:
                raise
            answer = {"results": [], **({"count": 0} if asked.get("count") else {})}
        part(answer, "results", list, doing)
        return answer

    def create(
        self,
        class_name: str,
        body: Mapping[str, Any],
        *,
        credential: Credential | None = None,
        context: Mapping[str, Any] | None = None,
        doing: str = "",
        ids: list[str] | None = None,
        again: bool = False,
    ) -> dict[str, Any]:
        """Make a row; the answer always holds its objectId, except for an installation that was there already.

        An afterSave trigger may replace the whole answer, by a list too (Parse Server 9.10); the id then comes from
        the Location header.

        Args:
            class_name: the Parse class name.
            body: the columns of the new row.
            credential: who asks; None means whatever `credential()` decides.
            context: a JSON object for Cloud Code triggers.
            doing: what is being done, for error messages.
            ids: the X-Parse-Request-Id to send, as the only element; each further one is added, so that whoever is
                interrupted knows the last. None means a new one.
            again: the row was sent with this id before and the answer was lost. A server with `idempotencyOptions`
                for the path then refuses to make it twice, with DuplicateRequest; another one makes it again.

        Returns:
            The answer: `objectId`, `createdAt`, and what the server changed.

        Raises:
            ParseError: the server refused.
            TransportError: no usable answer came.
            AnswerCutShort: the row was most likely made, but nothing in the answer tells its id.
        """
        body = without_plain_passwords(dict(body))
        call = self._call(
            "POST",
            paths.collection(class_name),
            Body(json.dumps(body)),
            self._headers(credential, None, context, None, JSON),
            body,
            repeatable=is_repeatable("POST", body),
            write=is_write("POST", body),
            timeout=None,
            doing=doing or f"creating {class_name}",
            request_id=ids[-1] if ids else None,
        )
        call = replace(call, ids=ids)
        if again:
            lost = TransportError("the answer of an earlier try was lost", doing=call.doing, request_id=call.request_id)
            call = replace(call, lost=lost)
        return created(self._exchange.run(call), call, class_name)

    def replace_token(self, old: str | Secret[str], new: str | Secret[str]) -> None:
        """Follow a session token that the server replaced, as it does when the password changes.

        Args:
            old: the dead token; nothing happens unless it is the one this client is bound to.
            new: the token that took its place.
        """
        dead = Credential("session", old)
        if self._bound == dead:
            self._bound = Credential("session", new)

    def health(self) -> dict[str, Any]:
        """Ask whether the server is up.

        Returns:
            What it says of itself, with "ok" as its "status" when it is.

        Raises:
            ServerUnavailable: it is starting or stopped.
            TransportError: no usable answer came.
        """
        call = self._call(
            "GET",
            paths.HEALTH,
            None,
            dict(self._keys["none"]),
            None,
            repeatable=True,
            write=False,
            timeout=None,
            doing="asking for the server's health",
        )
        answer: dict[str, Any] = decoded(self._exchange.run(call), call)
        return answer

    def server_info(self) -> dict[str, Any]:
        """Ask for the server's version and features; needs the master key.

        Returns:
            `parseServerVersion` and `features`.

        Raises:
            MasterKeyRequired: the client has no master key.
        """
        answer: dict[str, Any] = self.request(
            "GET",
            paths.SERVER_INFO,
            credential=self._checked(MASTER),
            doing="asking for the server's features",
        )
        return answer

    def close(self) -> None:
        """Close idle connections; a transport that was passed in is left to its owner."""
        if self._owns_transport:
            self._transport.close()

    def _checked(self, credential: Credential) -> Credential:
        if credential.kind == "master" and not self.has_master_key:
            raise MasterKeyRequired(
                "this needs the master key and the client has none; pass master_key= or set PARSE_MASTER_KEY"
            )
        return credential

    def _headers(
        self,
        credential: Credential | None,
        more: Mapping[str, Value] | None,
        context: Mapping[str, Any] | None,
        installation_id: str | None,
        content_type: str,
    ) -> dict[str, Value]:
        who = self.credential() if credential is None else self._checked(credential)
        return compose(self._keys[who.kind], who, content_type, more, context, installation_id)

    def _call(
        self,
        method: str,
        path: str,
        content: bytes | Upload | None,
        headers: dict[str, Value],
        body: Any,
        *,
        repeatable: bool,
        write: bool,
        timeout: float | None,
        doing: str,
        request_id: str | None = None,
    ) -> Call:
        if write:
            request_id = request_id or new_request_id()
        if request_id is not None:
            headers[REQUEST_ID] = request_id
        return Call(
            path=path,
            request=Request(
                method,
                self.settings.server_url + path,
                headers,
                content,
                self.settings.timeout if timeout is None else check_timeout(timeout),
            ),
            doing=doing,
            repeatable=repeatable,
            provable=write and is_provable(method, path),
            request_id=request_id,
            secrets=Known(self._secrets, headers.get("X-Parse-Session-Token"), body),
        )

    def _proven(self, call: Call, ask: bool) -> bool:
        """Say whether the server refuses a repeated create; try it out as the same credential when `ask` says so."""

        def send(path: str, body: Mapping[str, str], request_id: str) -> Response:
            request = Request(
                "POST",
                self.settings.server_url + path,
                {**call.request.headers, REQUEST_ID: request_id},
                json.dumps(body),
                call.request.timeout,
            )
            probe = Call(path, request, "trying out idempotency", secrets=call.secrets, deadline=call.deadline)
            return self._exchange.once(probe)

        return self._proofs.proven(call.path, send if ask else None)
