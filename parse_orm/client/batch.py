"""Many writes in few requests: chunks of /batch, one outcome per item, in the order given."""

from __future__ import annotations

import threading
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from parse_orm.client import requests as paths
from parse_orm.client.context import in_context
from parse_orm.client.credentials import Credential
from parse_orm.client.failures import HINTS, error_from_item
from parse_orm.client.idempotency import is_repeatable
from parse_orm.client.redaction import Known
from parse_orm.errors import (
    AnswerCutShort,
    BatchRouteFailed,
    ConfigurationError,
    EndpointNotFound,
    InternalServerError,
    ParseError,
    ParseOrmError,
    ParseOrmWarning,
)
from parse_orm.types.secret import Secret

if TYPE_CHECKING:
    from parse_orm.client.client import BaseClient

SIZE = 100
"""Items of one request; the next major version of Parse Server refuses more by default."""

REMEMBERED = 60.0
"""Seconds for which a broken /batch is not tried again."""

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
    """

    result: dict[str, Any] | None = None
    error: ParseOrmError | None = None

    @property
    def ok(self) -> bool:
        """Whether the item was done."""
        return self.error is None


class BatchRoute:
    """What a client knows about its server's /batch route: for a while, that it is broken.

    Args:
        clock: seconds that only grow; tests pass their own.
    """

    def __init__(self, clock: Any = time.monotonic) -> None:
        """Start in good faith."""
        self._clock = clock
        self._lock = threading.Lock()
        self._broken_until: float | None = None
        self._warned = False

    @property
    def is_broken(self) -> bool:
        """Whether the route failed within the last minute."""
        return self._broken_until is not None and self._clock() < self._broken_until

    def note_broken(self) -> None:
        """Remember that the route is failing, and warn once."""
        with self._lock:
            self._broken_until = self._clock() + REMEMBERED
            first, self._warned = not self._warned, True
        if first:
            warnings.warn(
                "the server's /batch route is failing; deletes and plain updates are sent one by one, which is slow",
                ParseOrmWarning,
                stacklevel=2,
            )


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
        if self.client.batch_route.is_broken:
            return self._one_by_one(chunk)
        try:
            answer = self._post(chunk)
        except ParseOrmError as error:
            return self._failed(chunk, error)
        return self._outcomes(chunk, answer)

    def _post(self, chunk: Sequence[BatchOperation]) -> Any:
        mount = self.client.settings.mount_path
        body: dict[str, Any] = {"requests": [_item(mount, operation) for operation in chunk]}
        if self.transaction:
            body["transaction"] = True
        return self.client.request(
            "POST",
            paths.BATCH,
            body,
            credential=self.credential,
            context=self.context,
            idempotent=all(operation.repeatable for operation in chunk),
            doing=self.doing,
        )

    def _failed(self, chunk: Sequence[BatchOperation], error: ParseOrmError) -> list[Outcome]:
        if not self._route_is_broken(error):
            return [Outcome(error=error)] * len(chunk)
        self.client.batch_route.note_broken()
        return self._one_by_one(chunk)

    def _route_is_broken(self, error: ParseOrmError) -> bool:
        """Tell a broken /batch from a broken batch, by one harmless question of each kind."""
        if isinstance(error, EndpointNotFound):
            return self._answers("GET", paths.CONFIG)
        if not isinstance(error, InternalServerError) or error.http_status != 500:
            return False
        probe = {"requests": [_item(self.client.settings.mount_path, BatchOperation("GET", paths.CONFIG))]}
        return not self._answers("POST", paths.BATCH, probe) and self._answers("GET", paths.CONFIG)

    def _answers(self, method: str, path: str, body: Any = None) -> bool:
        """Say whether a route answers at all, were it with a refusal that has a Parse code."""
        try:
            self.client.request(method, path, body, credential=self.credential, idempotent=False)
        except InternalServerError:
            return False
        except ParseError as error:
            return error.code is not None
        except ParseOrmError:
            return False
        return True

    def _outcomes(self, chunk: Sequence[BatchOperation], answer: Any) -> list[Outcome]:
        if not isinstance(answer, list) or len(answer) != len(chunk):
            cut = AnswerCutShort(f"the answer does not hold {len(chunk)} items", doing=self.doing)
            return [Outcome(error=cut)] * len(chunk)
        keys, token = self.client.settings.secrets, self.credential.secret
        return [
            _outcome(item, operation, Known(keys, token, operation.body))
            for operation, item in zip(chunk, answer, strict=True)
        ]

    def _one_by_one(self, chunk: Sequence[BatchOperation]) -> list[Outcome]:
        if self.transaction:
            return [Outcome(error=_route_error(self.doing, ATOMIC))] * len(chunk)
        return [self._single(operation) for operation in chunk]

    def _single(self, operation: BatchOperation) -> Outcome:
        doing = f"{operation.method} {operation.path}"
        if not operation.repeatable:
            return Outcome(error=_route_error(doing, RISKY))
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


def _outcome(item: Any, operation: BatchOperation, secrets: Iterable[Secret[str]]) -> Outcome:
    if isinstance(item, dict) and "success" in item:
        return Outcome(item["success"] or {})
    error = item.get("error") if isinstance(item, dict) else None
    doing = f"{operation.method} {operation.path}"
    return Outcome(error=error_from_item(error, doing=doing, secrets=secrets))


def _route_error(doing: str, why: str) -> BatchRouteFailed:
    return BatchRouteFailed(
        f"the server's /batch route is failing, and {why}",
        doing=doing,
        hint=HINTS[BatchRouteFailed],
    )
