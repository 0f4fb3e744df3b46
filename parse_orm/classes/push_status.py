"""A push status is one notification that was sent, as the server notes it."""

from typing import Any

from ..fields.property import property as column
from ..model import ParseObject
from ..query import Query, scope


class PushStatus(ParseObject, class_name="_PushStatus"):
    """One notification (``_PushStatus``); only the master key sees these rows (9.10).

    Attributes:
        status: "pending", "scheduled", "running", "succeeded" or "failed".
        push_time: when it was, or will be, sent, as text.
        query_json: to whom, as JSON text.
        payload: what was shown, as JSON text.
        num_sent: how many installations took it; None while the server has not counted.
        num_failed: how many did not.
    """

    push_hash = column(str)
    query_json = column(str, field="query")
    payload = column(str)
    title = column(str)
    source = column(str)
    status = column(str)
    push_time = column(str)
    expiry = column(int)
    num_sent = column(int)
    num_failed = column(int)
    sent_per_type = column(dict)
    failed_per_type = column(dict)
    sent_per_utc_offset = column(dict, field="sentPerUTCOffset")
    failed_per_utc_offset = column(dict, field="failedPerUTCOffset")
    rows_left = column(int, field="count")
    error_message = column(dict)

    @scope
    @staticmethod
    def with_status(q: Query["PushStatus"], *states: str) -> Query["PushStatus"]:
        """Notifications in one of these states."""
        return q.where(PushStatus.status.in_(states))

    @property
    def is_complete(self) -> bool:
        """Whether the server is done with it."""
        return self.status in {"succeeded", "failed"}

    @property
    def total_attempted(self) -> int:
        """How many installations it was sent to."""
        return (self.num_sent or 0) + (self.num_failed or 0)

    @property
    def success_rate(self) -> float:
        """The part that arrived, 0.0 to 1.0; 0.0 when it was sent to nobody."""
        return (self.num_sent or 0) / self.total_attempted if self.total_attempted else 0.0

    def summary(self) -> dict[str, Any]:
        """Status, counts and rate in one dict."""
        return {
            "status": self.status,
            "sent": self.num_sent or 0,
            "failed": self.num_failed or 0,
            "success_rate": self.success_rate,
        }
