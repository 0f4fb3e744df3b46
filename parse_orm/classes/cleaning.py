"""Deleting every row that a query finds, for the housekeeping of built-in classes."""

from typing import Any

from ..client import requests as paths
from ..client.batch import BatchOperation, run_batch
from ..client.context import current_client
from ..client.deletes import Doomed, check_deletes
from ..model.outcomes import refuse_failures, undeleted
from ..query import Query


def cleared(query: Query[Any]) -> int:
    """Delete every row of a query with the master key, in batches of 100.

    Returns:
        The number of rows that this call deleted.

    Raises:
        MasterKeyRequired: the client has no master key; nothing was sent.
        BatchError: some rows were not deleted, or may not have been; its ``result`` is the number that were.
    """
    client = current_client()
    master = client.credential(master=True)
    class_name = query.schema.class_name
    rows = query.using(client).as_master().keys("id").all()
    operations = [BatchOperation("DELETE", paths.row(class_name, row.id)) for row in rows]
    outcomes = run_batch(client, operations, master)
    outcomes = check_deletes(client, master, [Doomed(class_name, row.id) for row in rows], outcomes)
    deleted = sum(outcome.ok for outcome in outcomes)
    refuse_failures("rows", "deleted", len(rows), *undeleted(rows, outcomes), result=deleted)
    return deleted
