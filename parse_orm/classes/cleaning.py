"""Deleting every row that a query finds, for the housekeeping of built-in classes."""

from typing import Any

from ..client import requests as paths
from ..client.batch import BatchOperation, run_batch
from ..client.context import current_client
from ..errors import BatchError, ObjectNotFound
from ..query import Query


def cleared(query: Query[Any]) -> int:
    """Delete every row of a query with the master key, in batches of 100.

    Returns:
        The number of rows that this call deleted.

    Raises:
        MasterKeyRequired: the client has no master key; nothing was sent.
        BatchError: some rows could not be deleted.
    """
    client = current_client()
    master = client.credential(master=True)
    class_name = query.schema.class_name
    rows = query.using(client).as_master().keys("id").all()
    operations = [BatchOperation("DELETE", paths.row(class_name, row.id)) for row in rows]
    outcomes = run_batch(client, operations, master)
    failed = [
        (row, outcome.error)
        for row, outcome in zip(rows, outcomes, strict=True)
        if outcome.error is not None and not isinstance(outcome.error, ObjectNotFound)
    ]
    if failed:
        raise BatchError(f"{len(failed)} of {len(rows)} rows could not be deleted", failed=failed)
    return sum(outcome.ok for outcome in outcomes)
