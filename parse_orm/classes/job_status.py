"""A job status is one run of a Cloud Code job, as the server notes it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from ..errors import OperationTimedOut
from ..fields.property import property as column
from ..model import ParseObject
from ..query import Query, scope
from .cleaning import cleared

#: A run in one of these states is over.
OVER = ("succeeded", "failed")


class JobStatus(ParseObject, class_name="_JobStatus"):
    """One run of a job (``_JobStatus``); only the master key sees these rows (9.10).

    >>> JobStatus.failed().for_job("sweep").limit(3)
    <JobStatusQuery where ... limit 3>

    Attributes:
        job_name: the job.
        source: who started it: "api" or "dashboard".
        status: "running", "succeeded" or "failed".
        message: the last thing the job said about itself.
        params: what it got, where the server notes it (9.10 does not).
        finished_at: when it was over.
    """

    job_name = column(str)
    source = column(str)
    status = column(str)
    message = column(str)
    params = column(dict)
    finished_at = column(datetime)

    @staticmethod
    def clock() -> datetime:
        """The present time; tests put another function here."""
        return datetime.now(UTC)

    @scope
    @staticmethod
    def running(q: Query["JobStatus"]) -> Query["JobStatus"]:
        """Runs that go on."""
        return q.where(JobStatus.status == "running")

    @scope
    @staticmethod
    def succeeded(q: Query["JobStatus"]) -> Query["JobStatus"]:
        """Runs that ended well."""
        return q.where(JobStatus.status == "succeeded")

    @scope
    @staticmethod
    def failed(q: Query["JobStatus"]) -> Query["JobStatus"]:
        """Runs that ended badly."""
        return q.where(JobStatus.status == "failed")

    @scope
    @staticmethod
    def for_job(q: Query["JobStatus"], name: str) -> Query["JobStatus"]:
        """Runs of one job."""
        return q.where(JobStatus.job_name == name)

    @scope
    @staticmethod
    def older_than(q: Query["JobStatus"], days: float = 30) -> Query["JobStatus"]:
        """Runs that began so many days ago, or earlier."""
        return q.where(JobStatus.created_at < JobStatus.clock() - timedelta(days=days))

    @classmethod
    def latest_for(cls, name: str) -> Self | None:
        """The newest run of a job, or None."""
        return cls.query().where(cls.job_name == name).order(cls.created_at.desc()).first()

    @classmethod
    def clear(cls, days: float = 30) -> int:
        """Delete the rows of runs that are over and began so many days ago; needs the master key.

        Returns:
            The number of rows deleted.

        Raises:
            MasterKeyRequired: the client has no master key; nothing was sent.
        """
        old = cls.query().where(cls.status.in_(OVER), cls.created_at < cls.clock() - timedelta(days=days))
        return cleared(old)

    @property
    def is_finished(self) -> bool:
        """Whether the run is over, as far as this object knows."""
        return self.status in OVER

    @property
    def duration(self) -> timedelta | None:
        """How long the run took; None while it goes on."""
        finished, began = self.finished_at, self.created_at
        return None if finished is None or began is None else finished - began

    def wait(
        self,
        timeout: float = 60.0,
        *,
        pause: float = 0.25,
        sleep: Callable[[float], Any] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> Self:
        """Ask again and again until the run is over.

        Args:
            timeout: seconds after which to give up.
            pause: seconds between two questions.
            sleep: waits; tests pass their own.
            clock: seconds that only grow; tests pass their own.

        Returns:
            The object itself, as it ended.

        Raises:
            OperationTimedOut: it still goes on; the job itself is not stopped.
        """
        until = clock() + timeout
        while not self.reload(master=True).is_finished:
            if clock() >= until:
                raise OperationTimedOut(
                    f"the job {self.job_name!r} still runs after {timeout:g} seconds: {self.message or 'no message'}",
                    code=124,
                )
            sleep(pause)
        return self
