"""The client as applications hold it: ``connect`` makes it, and its endpoints give models."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack
from urllib.parse import parse_qsl

from .associations import validate_associations as validate_associations
from .classes.job_status import JobStatus
from .classes.push_status import PushStatus
from .classes.session import Session, as_data
from .client import context, functions
from .client import requests as paths
from .client.analytics import track_event
from .client.answers import part, rows_in
from .client.client import BaseClient
from .client.config import UNSET, Unset
from .client.config_values import Config
from .client.functions import call_function
from .client.hooks import HookRegistry
from .client.push import push_body, send_push
from .client.schemas import Schemas
from .codec.decode import pointer
from .errors import BadQuery, did_you_mean
from .fields.origin import Origin
from .fields.record import refer
from .meta.registry import registry
from .transport.base import Transport
from .transport.hooks import Hooks
from .transport.retry import Retry
from .types.date import parse_date
from .types.secret import Secret, hidden


class PushOptions(TypedDict, total=False):
    """Options of a push; ``orm.push`` explains them."""

    title: str | None
    badge: int | str | None
    sound: str | None
    data: Mapping[str, Any] | None
    silent: bool
    channels: Iterable[str] | str | None
    users: Any
    where: Any
    broadcast: bool
    at: datetime | None
    expires_at: datetime | None
    expires_in: timedelta | float | None


class Client(BaseClient):
    """One application on one Parse Server; safe to share between threads.

    >>> import parse_orm as orm
    >>> orm.Client("http://localhost:1337/parse", "my-app", master_key="secret")
    <Client http://localhost:1337/parse my-app>

    Attributes:
        sessions: the sessions endpoint: me, get, delete, update, all.
        config: the config: get, update.
        hooks: the webhooks: functions, triggers, and how to set and remove them.
        schemas: the classes that the server has.
    """

    @property
    def sessions(self) -> "Sessions":
        """The sessions endpoint of this client."""
        return Sessions(self)

    @property
    def config(self) -> Config:
        """The config of this application: get, update."""
        return Config(self)

    @property
    def hooks(self) -> HookRegistry:
        """The webhooks of this application."""
        return HookRegistry(self)

    @property
    def schemas(self) -> Schemas:
        """The classes of this application."""
        return Schemas(self)

    def call(
        self,
        name: str,
        params: Mapping[str, Any] | None = None,
        *,
        session: Any = None,
        master: bool | None = None,
        context: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Call a Cloud Code function on this client; see ``orm.call``."""
        session = hidden(session)
        return call_function(
            self,
            name,
            params,
            credential=self.credential(session, master),
            context=context,
            timeout=timeout,
            reference=self._model,
        )

    def start_job(self, name: str, params: Mapping[str, Any] | None = None) -> JobStatus:
        """Start a Cloud Code job on this client; see ``orm.start_job``."""
        id = functions.start_job(self, name, params)
        return JobStatus._hydrate([{"objectId": id}], Origin(self).pointer())[0]

    def push(self, alert: str | Mapping[str, Any] | None = None, **options: Unpack["PushOptions"]) -> PushStatus:
        """Send a push notification on this client; see ``orm.push``."""
        id = send_push(self, push_body(alert, **options))
        return PushStatus._hydrate([{"objectId": id}], Origin(self).pointer())[0]

    def track(self, event: str, /, **dimensions: Any) -> None:
        """Tell the server about an event on this client; see ``orm.track``."""
        track_event(self, event, dimensions)

    def _model(self, wire: dict[str, Any]) -> Any:
        """An object of its model for a pointer or a row in a result."""
        model = registry.for_class(wire["className"])
        return pointer(wire) if model is None else refer(Origin(self).lead(model), wire)


class Sessions:
    """The five calls of the sessions endpoint, on one client, whatever client is ambient."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def me(self) -> Session:
        """The session of the current token.

        Raises:
            SessionTokenMissing: there is no token here; nothing was sent.
            InvalidSessionToken: the token is dead, or SessionExpired when it has run out.
        """
        with context.using(self._client):
            return Session.me()

    def get(self, id: str) -> Session:
        """The session of that id; needs the master key.

        Raises:
            MasterKeyRequired: the client has no master key; nothing was sent.
            ObjectNotFound: there is no such session.
        """
        with context.using(self._client):
            return Session.get(id, master=True)

    def delete(self, id: str) -> None:
        """Delete a session, which ends that login; needs the master key.

        Raises:
            MasterKeyRequired: the client has no master key; nothing was sent.
            ObjectNotFound: there is no such session, or no more.
        """
        path = paths.row("_Session", id)
        master = self._client.credential(master=True)
        self._client.request("DELETE", path, credential=master, doing=f"deleting Session {id}")

    def update(self, id: str, data: Mapping[str, Any]) -> datetime | None:
        """Change columns of a session, given by wire name; needs the master key.

        Args:
            id: the objectId of the session.
            data: the new values, as Python values such as datetimes, or as Parse spells them.

        Returns:
            When the server saved it; None when there was nothing to send.

        Raises:
            MasterKeyRequired: the client has no master key; nothing was sent.
            ReadOnlyField: a column that only the server may set; nothing was sent.
            InvalidValue: a value that the column cannot hold, None, or an operation; nothing was sent.
            ObjectNotFound: there is no such session.
        """
        path, body = paths.row("_Session", id), as_data(data)
        master = self._client.credential(master=True)
        if not body:
            return None
        doing = f"updating Session {id}"
        answer = self._client.request("PUT", path, body, credential=master, doing=doing)
        return parse_date(part(answer, "updatedAt", str, doing, wrote=True))

    def all(self, query: Mapping[str, Any] | str | None = None) -> list[Session]:
        """Sessions by a REST query, without their tokens unless ``keys`` names ``sessionToken``; needs the master key.

        Args:
            query: a query string such as ``"limit=5&order=-createdAt"`` or a mapping of the same parameters.

        Raises:
            MasterKeyRequired: the client has no master key; nothing was sent.
            BadQuery: a parameter that the endpoint does not know or that is given twice, a where that is not JSON, or
                an order by a column that sessions do not have.
        """
        master = self._client.credential(master=True)
        params = _parameters(query)
        keys = _names(params.get("keys"))
        if "sessionToken" not in keys:
            params.setdefault("excludeKeys", "sessionToken")
        excluded = _names(params.get("excludeKeys"))
        rows = rows_in(self._client.find("_Session", params, credential=master), "finding sessions")
        return Session._hydrate(rows, Origin(self._client, excluded=excluded))


#: The parameters that a list of rows takes; anything else is code 102 (Parse Server 9.10).
FIND_PARAMETERS = frozenset(
    {
        "where",
        "limit",
        "skip",
        "order",
        "include",
        "keys",
        "excludeKeys",
        "count",
        "includeAll",
        "hint",
        "comment",
    }
)


def _parameters(query: Mapping[str, Any] | str | None) -> dict[str, Any]:
    given = parse_qsl(query.removeprefix("?"), keep_blank_values=True) if isinstance(query, str) else query or {}
    if not isinstance(given, (list, Mapping)):
        raise BadQuery(f"sessions are asked for by a query string or a dict of parameters, not {query!r:.60}")
    params: dict[str, Any] = dict(given)
    if len(params) < len(given):
        raise BadQuery("a parameter is given twice")
    for name in params:
        if name not in FIND_PARAMETERS:
            raise BadQuery(f"{name!r:.60} is no parameter of a query: choose from {', '.join(sorted(FIND_PARAMETERS))}")
    if isinstance(params.get("where"), str):
        try:
            params["where"] = json.loads(params["where"])
        except ValueError:
            raise BadQuery("where is not JSON") from None
    _refuse_order(_names(params.get("order")))
    for name in ("limit", "skip"):
        if name in params:
            params[name] = _whole_number(name, params[name])
    return params


def _names(value: Any) -> tuple[str, ...]:
    """The columns of a parameter, given as a text with commas or as a list."""
    names = value.split(",") if isinstance(value, str) else value or ()
    if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
        raise BadQuery(f"columns are given as a text with commas or as a list of names, not as {value!r:.60}")
    return tuple(name.strip() for name in names)


def _refuse_order(names: Iterable[str]) -> None:
    """Refuse an order by a column that sessions do not have: the server would give the rows in no order (9.10)."""
    for name in names:
        column = name.removeprefix("-").partition(".")[0]
        if name and column not in Session.schema.columns:
            near = did_you_mean(column, Session.schema.columns)
            raise BadQuery(f"sessions have no column {column!r:.60}" + (f"; did you mean {near!r}?" if near else ""))


def _whole_number(name: str, value: Any) -> int:
    """The server answers 500 to a negative limit or skip, and to one that is no number (9.10)."""
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = -1
    if number < 0:
        raise BadQuery(f"{name} takes a whole number from 0, not {value!r:.60}")
    return number


def connect(
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
) -> Client:
    """Make a client and let it be the default of the whole process; nothing touches the network yet.

    >>> import parse_orm as orm
    >>> orm.connect("http://localhost:1337/parse", app_id="my-app", master_key="secret")  # doctest: +SKIP
    <Client http://localhost:1337/parse my-app>

    Args:
        server_url: the URL of the Parse mount; left out means PARSE_SERVER_URL.
        app_id: the application id; left out means PARSE_APP_ID.
        rest_key: the REST key; left out means PARSE_REST_API_KEY, which may be absent.
        master_key: the master key; left out means PARSE_MASTER_KEY, None means none at all.
        session_token: a token, user or session to ask as when no block says otherwise.
        timeout: seconds for one try, from waiting for a connection to the end of the answer; see `Retry`.
        retries: how failures are repeated.
        trust_env: whether proxies and CA bundles of the environment count.
        transport: carries the requests; by default requests does.
        require_https: refuse plain http off loopback; left out means PARSE_REQUIRE_HTTPS.
        default_acl: the ACL policy of models that have none.
        hooks: functions to call around each try.

    Returns:
        The client.

    Raises:
        NotConnected: the server URL or the application id is missing.
        ConfigurationError: a setting is wrong.
    """
    rest_key, master_key, session_token = hidden(rest_key), hidden(master_key), hidden(session_token)
    client = Client(
        server_url,
        app_id,
        rest_key,
        master_key,
        session_token,
        timeout,
        retries,
        trust_env,
        transport,
        require_https,
        default_acl,
        hooks,
    )
    context.set_default_client(client)
    return client


def current_client() -> Client:
    """The client that the next request would use.

    Raises:
        NotConnected: there is none.
    """
    client = context.current_client()
    assert isinstance(client, Client), "a client of an application is a Client"
    return client


def call(
    name: str,
    params: Mapping[str, Any] | None = None,
    *,
    session: Any = None,
    master: bool | None = None,
    context: Mapping[str, Any] | None = None,
    timeout: float | None = None,
) -> Any:
    """Call a Cloud Code function and wait for its result; it is never sent twice by itself.

    >>> import parse_orm as orm
    >>> orm.call("averageStars", {"movie": "The Matrix"})  # doctest: +SKIP
    4.5

    Args:
        name: the function's name.
        params: what it gets; objects travel as pointers, dates and the like in Parse's spelling.
        session: call with the token of this user.
        master: True calls with the master key.
        context: a JSON object that triggers see as ``request.context``.
        timeout: seconds to wait for the result; None means the client's.

    Returns:
        The result: rows as objects of their models, dates as datetimes; None when there is none.

    Raises:
        ScriptFailed: the function failed, or there is none of that name.
        ValidationFailed: its validator refused the parameters.
        ParseError: the function threw an error with a code of its own.
    """
    session = hidden(session)
    return current_client().call(name, params, session=session, master=master, context=context, timeout=timeout)


def start_job(name: str, params: Mapping[str, Any] | None = None) -> JobStatus:
    """Start a Cloud Code job; it goes on without us. Needs the master key.

    >>> import parse_orm as orm
    >>> orm.start_job("sweep", {"days": 30}).wait().status  # doctest: +SKIP
    'succeeded'

    Args:
        name: the job's name.
        params: what it gets.

    Returns:
        The row in which the server notes how it goes; ``reload()`` and ``wait()`` ask for it.

    Raises:
        MasterKeyRequired: the client has no master key; nothing was sent.
        ScriptFailed: there is no job of that name.
    """
    return current_client().start_job(name, params)


def push(alert: str | Mapping[str, Any] | None = None, **options: Unpack[PushOptions]) -> PushStatus:
    """Send a push notification, now or later. Needs the master key.

    >>> import parse_orm as orm
    >>> orm.push("New song", channels=["jazz"], badge="Increment")  # doctest: +SKIP
    <PushStatus 3KMYh1WPNd (not loaded)>

    Args:
        alert: the text, or the dict that the platform wants in its place.
        options: ``title``, ``badge`` (a number or "Increment"), ``sound`` and ``data`` (more keys) say what is shown;
            ``silent=True`` wakes the app without showing anything. ``channels``, ``users`` and ``where`` (a query of
            Installation, or a mapping) say to whom, all of them together; ``broadcast=True`` means everybody.
            ``at`` sends it later, where the server's ``scheduledPush`` option is on (else it goes out at once) and
            something of yours sends what is due; ``expires_at`` or ``expires_in`` (timedelta or seconds) drop it when
            it is late.

    Returns:
        The row in which the server notes how it goes.

    Raises:
        MasterKeyRequired: the client has no master key; nothing was sent.
        InvalidValue: it says nothing, has no target or contradicts itself; nothing was sent.
        PushMisconfigured: the server has no push adapter.
    """
    return current_client().push(alert, **options)


def track(event: str, /, **dimensions: Any) -> None:
    """Tell the server's analytics that something happened; a server without an analytics adapter drops it (9.10).

    >>> import parse_orm as orm
    >>> orm.track("search", price_range="1000-1500")

    Args:
        event: letters, digits, ``_``, ``.`` and ``-``.
        dimensions: what to remember about it.

    Raises:
        InvalidValue: no event can be called so.
    """
    current_client().track(event, **dimensions)
