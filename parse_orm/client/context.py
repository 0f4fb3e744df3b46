"""What is ambient: the client in use, and the credential of the block we are in.

Both live in ContextVars, so threads of the library and asyncio tasks inherit them and siblings
never see each other's. Only the default client is shared by the whole process.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ContextDecorator
from contextvars import ContextVar, Token, copy_context
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from parse_orm.client.credentials import ANONYMOUS, MASTER, Credential, token_of
from parse_orm.errors import InvalidValue, NotConnected
from parse_orm.types.depth import short_repr
from parse_orm.types.secret import Secret, hidden

if TYPE_CHECKING:
    from parse_orm.client.client import BaseClient

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

_client: ContextVar[BaseClient | None] = ContextVar("parse_orm_client", default=None)
_credential: ContextVar[Credential | Callable[[], Credential] | None] = ContextVar("parse_orm_credential", default=None)
#: The users of all open ``as_user`` blocks, the innermost last.
_askers: ContextVar[tuple[_Asker, ...]] = ContextVar("parse_orm_askers", default=())


class _Default:
    """The client of everybody who did not choose one."""

    client: BaseClient | None = None


class Block(ContextDecorator, Generic[T]):
    """A `with` block, or a decorator, inside which one ambient value holds.

    Blocks nest, and the value of before comes back however the block ends.
    """

    def __init__(self, variable: ContextVar[Any], value: T) -> None:
        """Keep what is to be set; nothing is set yet."""
        self._variable = variable
        self._value = value
        self._tokens: list[Token[Any]] = []

    def __enter__(self) -> T:
        self._tokens.append(self._variable.set(self._value))
        return self._value

    def __exit__(self, *exc: object) -> None:
        self._variable.reset(self._tokens.pop())

    def _recreate_cm(self) -> Block[T]:
        # One block per call: a decorated function may run in many threads at a time.
        return Block(self._variable, self._value)


class _Asker:
    """The user of one ``as_user`` block, whose token may be replaced while the block is open."""

    __slots__ = ("credential",)

    def __init__(self, credential: Credential) -> None:
        self.credential = credential

    def __call__(self) -> Credential:
        return self.credential


class _UserBlock(Block[Credential]):
    """A block of one user; it follows a new token, also while another block is open inside it."""

    def __init__(self, asker: _Asker) -> None:
        super().__init__(_credential, asker.credential)
        self._asker = asker
        self._outer: list[Token[tuple[_Asker, ...]]] = []

    def __enter__(self) -> Credential:
        self._tokens.append(_credential.set(self._asker))
        self._outer.append(_askers.set((*_askers.get(), self._asker)))
        return self._asker.credential

    def __exit__(self, *exc: object) -> None:
        _askers.reset(self._outer.pop())
        super().__exit__(*exc)

    def _recreate_cm(self) -> _UserBlock:
        return _UserBlock(self._asker)


def follow_token(old: str | Secret[str], new: str | Secret[str]) -> None:
    """Let the open ``as_user`` blocks of one token go on with the token that took its place.

    Args:
        old: The dead token.
        new: The token that the server gave for it.
    """
    dead, fresh = Credential("session", old), Credential("session", new)
    for asker in _askers.get():
        if asker.credential == dead:
            asker.credential = fresh


def using(client: BaseClient) -> Block[BaseClient]:
    """Ask another client inside a block.

    Args:
        client: the client to use.

    Returns:
        A block for `with`; it gives the client.

    Example:
        >>> from parse_orm.client.client import BaseClient
        >>> from parse_orm.client.context import current_client, using
        >>> other = BaseClient("http://localhost/parse", "other", master_key=None)
        >>> with using(other):
        ...     current_client() is other
        True
    """
    if not hasattr(client, "credential"):
        raise InvalidValue(f"using takes a Client, not {short_repr(client)}")
    return Block(_client, client)


def as_user(who: Any) -> Block[Credential]:
    """Ask as one user inside a block: every request carries that session token.

    When that user's password is changed inside the block, the block goes on with the new token.

    Args:
        who: a session token, or a user or session that has one.

    Returns:
        A block for `with`.

    Raises:
        SessionTokenMissing: the object has no token.
        InvalidValue: the token is blank or malformed.
    """
    who = hidden(who)
    return _UserBlock(_Asker(Credential("session", token_of(who))))


def as_master() -> Block[Credential]:
    """Ask with the master key inside a block.

    Returns:
        A block for `with`; a request inside raises `MasterKeyRequired` if its client has no key.
    """
    return Block(_credential, MASTER)


def as_anonymous() -> Block[Credential]:
    """Ask as nobody inside a block, whatever keys the client has.

    Returns:
        A block for `with`.
    """
    return Block(_credential, ANONYMOUS)


def as_whoever(find_out: Callable[[], Credential]) -> Block[Credential | Callable[[], Credential]]:
    """Ask as whoever a function names, which is called at each request inside the block.

    A web request uses it: who visits costs a look into the session store, which many requests never need.

    Args:
        find_out: gives the credential.

    Returns:
        A block for `with`.
    """
    return Block(_credential, find_out)


def ambient_credential() -> Credential | None:
    """Give the credential of the innermost block, None outside of any."""
    found = _credential.get()
    return found() if callable(found) else found


def set_default_client(client: BaseClient | None) -> None:
    """Make one client the default of the whole process.

    Args:
        client: the client, or None to have no default.
    """
    _Default.client = client


def current_client() -> BaseClient:
    """Give the client that the next request would use.

    Returns:
        The client of the innermost `using` block, else the default one.

    Raises:
        NotConnected: there is neither.
    """
    client = _client.get() or _Default.client
    if client is None:
        raise NotConnected(
            "there is no client yet; call parse_orm.connect(server_url, app_id=...) once at start,"
            " or use `with parse_orm.using(client):`"
        )
    return client


def current_credential() -> Credential:
    """Give the credential that the next request would use, for debugging.

    Returns:
        The credential; its repr shows the kind and hides the token.

    Raises:
        NotConnected: there is no client.
        MasterKeyRequired: an `as_master` block is open and the client has no master key.
    """
    return current_client().credential()


def in_context(function: Callable[P, R]) -> Callable[P, R]:
    """Bind a function to the present client and credential, for a thread of our own.

    Args:
        function: what the thread will run.

    Returns:
        The same function, to be called from any thread, from several at a time too.
    """
    here = copy_context()

    def bound(*args: P.args, **kwargs: P.kwargs) -> R:
        # A context runs in one thread at a time, so each call gets a copy.
        return here.copy().run(function, *args, **kwargs)

    return bound
