"""Many writes in few requests: chunks of /batch, one outcome per item, in the order given."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from parse_orm.client import requests as paths
from parse_orm.client.answers import MADE
from parse_orm.client.context import in_context
from parse_orm.client.credentials import Credential
from parse_orm.client.failures import HINTS, error_from_item
from parse_orm.client.idempotency import is_repeatable
from parse_orm.client.interrupts import end_if_interrupted
from parse_orm.client.redaction import Known
from parse_orm.errors import (
    AnswerCutShort,
    BatchRouteFailed,
    ConfigurationError,
    ConnectFailed,
    DuplicateRequest,
    EndpointNotFound,
    InternalServerError,
    ObjectNotFound,
    ParseError,
    ParseOrmError,
    ParseOrmWarning,
    TransportError,
)
from parse_orm.types.secret import Secret

if TYPE_CHECKING:
    from parse_orm.client.client import BaseClient

SIZE = 100
"""Items of one request; the next major version of Parse Server refuses more by default."""

REMEMBERED = 60.0
"""Seconds for which deletes and plain updates do not try a broken /batch again."""

BROKEN = "the server's /batch route is failing; deletes and plain updates are sent one by one, which is slow"

RISKY = "this cannot be sent singly without the risk of doing it twice"
ATOMIC = "a transaction cannot be sent one by one"


class BatchOperation(NamedTuple):
    """One write of a batch.

    Args:
        method: the HTTP verb.
        path: the path below the server URL, without the mount path.
        body: the JSON body, None for none.
    """

    method: str
    path: str
    body: Any = None

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice does no harm."""
        return is_repeatable(self.method, self.body)


class Outcome(NamedTuple):
    """What became of one item: a result or an error.

    Args:
        result: the server's answer, None when it failed.
        error: why it failed, None when it did not.
        unseen: nobody can tell whether the row of a delete is gone, or hidden from who asked.
    """

    result: dict[str, Any] | None = None
    error: ParseOrmError | None = None
    unseen: bool = False

    @property
    def ok(self) -> bool:
        """Whether the item was done."""
        return self.error is None

    @property
    def unknown(self) -> bool:
        """Whether nobody knows if the item was done: the answer was lost, or the row of a delete may be hidden."""
        return self.unseen or (self.error is not None and is_unknown(self.error))

    @property
    def gone(self) -> bool:
        """Whether the row of a delete was gone before it; see ``check_deletes``."""
        return isinstance(self.error, ObjectNotFound) and not self.unseen


def is_unknown(error: BaseException) -> bool:
    """Say whether the server may have done a write that ended with an error.

    It may have when no usable answer came, unless no connection was made; when something broke down in the server or
    in a proxy, of which nobody knows how far it had come; when a 2xx is no JSON; and when the server says that it
    knows the request already.

    >>> from parse_orm.errors import ConnectFailed, DuplicateValue, RequestTimeout
    >>> is_unknown(RequestTimeout("no answer")), is_unknown(ConnectFailed("refused"))
    (True, False)
    >>> is_unknown(DuplicateValue("taken", code=137, http_status=400))
    False

    Args:
        error: What ended the write. One that is not ours struck while the write was on its way: a signal.
    """
    if not isinstance(error, ParseOrmError) or isinstance(error, DuplicateRequest):
        return True
    if isinstance(error, TransportError):
        return not isinstance(error, ConnectFailed)
    if isinstance(error, InternalServerError):
        return not isinstance(error, BatchRouteFailed)
    if not isinstance(error, ParseError) or error.code is not None:
        return False
    # An item of a batch without a code is an error that the server did not expect.
    return error.http_status is None or error.http_status < 300


class BatchRoute:
    """What a client knows about its server's /batch route: for a while, that it is broken.

    There is no lock, so that a forked child never waits for one.

    Args:
        clock: seconds that only grow; tests pass their own.
    """

    def __init__(self, clock: Any = time.monotonic) -> None:
        """Start in good faith."""
        self._clock = clock
        self._broken_until: float | None = None
        self._unsaid = [BROKEN]  # pop() is atomic: whichever thread gets it warns

    @property
    def is_broken(self) -> bool:
        """Whether the route failed within the last minute, and has not answered since."""
        until = self._broken_until
        return until is not None and self._clock() < until

    def note_broken(self) -> None:
        """Remember that the route is failing, and warn once."""
        self._broken_until = self._clock() + REMEMBERED
        with suppress(IndexError):
            warnings.warn(self._unsaid.pop(), ParseOrmWarning, stacklevel=2)

    def note_answer(self) -> None:
        """Forget that the route was failing, because it has answered."""
        self._broken_until = None


def run_batch(
    client: BaseClient,
    operations: Sequence[BatchOperation],
    credential: Credential | None = None,
    batch_size: int = SIZE,
    transaction: bool = False,
    parallel: int = 1,
    context: Any = None,
    doing: str = "",
) -> list[Outcome]:
    """Send many writes.

    The server runs the items of one request in parallel, in no order (Parse Server 9.10).

    Args:
        client: the client to ask.
        operations: what to do.
        credential: who asks, for all of them; None means whatever the client decides now.
        batch_size: items of one request.
        transaction: all or nothing; always one request, whatever its size.
        parallel: requests under way at one time.
        context: a JSON object for Cloud Code triggers.
        doing: what is being done, for error messages.

    Returns:
        One outcome per operation, in their order. A request that failed as a whole gives each of
        its items the same error.

    Raises:
        ConfigurationError: batch_size or parallel is less than 1.
        MasterKeyRequired: the credential needs a key that the client has not.
    """
    if batch_size < 1 or parallel < 1:
        raise ConfigurationError("batch_size and parallel are at least 1")
    if not operations:
        return []
    who = client.credential() if credential is None else credential
    batch = _Batch(client, who, transaction, context, doing or f"a batch of {len(operations)}")
    chunks = [list(operations)] if transaction else list(_chunks(operations, batch_size))
    if parallel == 1 or len(chunks) == 1:
        return [outcome for chunk in chunks for outcome in batch.run(chunk)]
    with ThreadPoolExecutor(min(parallel, len(chunks))) as pool:
        return [outcome for outcomes in pool.map(in_context(batch.run), chunks) for outcome in outcomes]


@dataclass(frozen=True, slots=True)
class _Batch:
    client: BaseClient
    credential: Credential
    transaction: bool
    context: Any
    doing: str

    def run(self, chunk: Sequence[BatchOperation]) -> list[Outcome]:
        """Send one chunk; never raises what the server or the network did."""
        if self.client.batch_route.is_broken and not self._is_back(chunk):
            return self._one_by_one(chunk)
        try:
            answer = self._post(chunk)
        except ParseOrmError as error:
            return self._failed(chunk, error)
        return self._outcomes(chunk, answer)

    def _repeatable(self, chunk: Sequence[BatchOperation]) -> bool:
        """Whether sending a chunk twice does no harm.

        A transaction whose delete finds no row fails as a whole, though the lost try may have done all of it.
        """
        return all(
            operation.repeatable and not (self.transaction and operation.method == "DELETE") for operation in chunk
        )

    def _is_back(self, chunk: Sequence[BatchOperation]) -> bool:
        """Ask a route that was broken again, when the chunk cannot be sent without it."""
        if not self.transaction and all(operation.repeatable for operation in chunk):
            return False
        if not _answered(self._ask_batch()):
            return False
        self.client.batch_route.note_answer()
        return True

    def _post(self, chunk: Sequence[BatchOperation]) -> Any:
        mount = self.client.settings.mount_path
        body: dict[str, Any] = {"requests": [_item(mount, operation) for operation in chunk]}
        if self.transaction:
            body["transaction"] = True
        answer = self.client.request(
            "POST",
            paths.BATCH,
            body,
            credential=self.credential,
            context=self.context,
            idempotent=self._repeatable(chunk),
            doing=self.doing,
            expect=list,
        )
        self.client.batch_route.note_answer()
        return answer

    def _failed(self, chunk: Sequence[BatchOperation], error: ParseOrmError) -> list[Outcome]:
        """Tell a broken /batch from a broken batch, by one harmless question of each kind.

        /batch is asked last: a server that starts answers 404 for a moment, and /config a moment later.
        """
        if _blames_route(error) and _answered(self._ask("GET", paths.CONFIG)):
            said = self._ask_batch()
            if said is not None and _blames_route(said):
                self.client.batch_route.note_broken()
                return self._one_by_one(chunk, error)
            if isinstance(error, EndpointNotFound) and _answered(said) and self._repeatable(chunk):
                return self._again(chunk)
        return [Outcome(error=error)] * len(chunk)

    def _again(self, chunk: Sequence[BatchOperation]) -> list[Outcome]:
        try:
            answer = self._post(chunk)
        except ParseOrmError as error:
            return [Outcome(error=error)] * len(chunk)
        return self._outcomes(chunk, answer)

    def _ask_batch(self) -> ParseOrmError | None:
        """What a batch that only reads ends with; None when it was answered."""
        probe = {"requests": [_item(self.client.settings.mount_path, BatchOperation("GET", paths.CONFIG))]}
        return self._ask("POST", paths.BATCH, probe)

    def _ask(self, method: str, path: str, body: Any = None) -> ParseOrmError | None:
        try:
            self.client.request(method, path, body, credential=self.credential, idempotent=False, expect=object)
        except ParseOrmError as error:
            return error
        return None

    def _outcomes(self, chunk: Sequence[BatchOperation], answer: Any) -> list[Outcome]:
        if not isinstance(answer, list) or len(answer) != len(chunk):
            cut = AnswerCutShort(f"{MADE}the answer does not hold {len(chunk)} items", doing=self.doing)
            return [Outcome(error=cut)] * len(chunk)
        keys, token = self.client.settings.secrets, self.credential.secret
        return [_outcome(item, operation, keys, token) for operation, item in zip(chunk, answer, strict=True)]

    def _one_by_one(self, chunk: Sequence[BatchOperation], cause: ParseOrmError | None = None) -> list[Outcome]:
        """Send what does no harm when it is done twice, and refuse the rest.

        Args:
            chunk: What to do.
            cause: How a request for all of it ended, None when none was sent.
        """
        # A route that answers even what only reads with 500 has done nothing.
        if cause is not None and (not is_unknown(cause) or (isinstance(cause, ParseError) and cause.code is not None)):
            cause = None
        if self.transaction:
            return [Outcome(error=cause or _route_error(self.doing, ATOMIC))] * len(chunk)
        outcomes = []
        for operation in chunk:
            end_if_interrupted()
            outcomes.append(self._single(operation, cause))
        return outcomes

    def _single(self, operation: BatchOperation, cause: ParseOrmError | None) -> Outcome:
        doing = f"{operation.method} {operation.path}"
        if not operation.repeatable:
            return Outcome(error=cause or _route_error(doing, RISKY))
        try:
            result = self.client.request(
                operation.method,
                operation.path,
                operation.body,
                credential=self.credential,
                context=self.context,
                doing=doing,
            )
        except ParseOrmError as error:
            return Outcome(error=error)
        return Outcome(result=result)


def _chunks(operations: Sequence[BatchOperation], size: int) -> Iterator[Sequence[BatchOperation]]:
    return (operations[start : start + size] for start in range(0, len(operations), size))


def _item(mount: str, operation: BatchOperation) -> dict[str, Any]:
    item = {"method": operation.method, "path": mount + operation.path}
    if operation.body is not None:
        item["body"] = operation.body
    return item


def _outcome(item: Any, operation: BatchOperation, keys: tuple[Secret[str], ...], token: Secret[str] | None) -> Outcome:
    told = item if type(item) is dict else {}
    if type(told.get("success")) is dict and "error" not in told:
        return Outcome(told["success"])
    doing = f"{operation.method} {operation.path}"
    if "error" in told:
        secrets = Known(keys, token, operation.body)
        return Outcome(error=error_from_item(told["error"], doing=doing, secrets=secrets))
    if operation.method == "DELETE" and "success" in told:
        return Outcome({})
    # Such as the list that an afterSave trigger gave (9.10).
    return Outcome(error=AnswerCutShort(f"{MADE}the answer to it is not an object", doing=doing))


def _answered(error: ParseOrmError | None) -> bool:
    """Whether a route answers at all, were it with a refusal that has a Parse code."""
    if isinstance(error, InternalServerError):
        return False
    return error is None or (isinstance(error, ParseError) and error.code is not None)


def _blames_route(error: ParseOrmError) -> bool:
    """Whether an error of a batch may be one of the route, whatever is sent to it."""
    if isinstance(error, InternalServerError):
        return error.http_status == 500
    return isinstance(error, EndpointNotFound)


def _route_error(doing: str, why: str) -> BatchRouteFailed:
    return BatchRouteFailed(
        f"the server's /batch route is failing, and {why}",
        doing=doing,
        hint=HINTS[BatchRouteFailed],
    )
