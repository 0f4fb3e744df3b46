"""A job schedule is a Cloud Code job that a scheduler is to start again and again."""

import json
from typing import Any

from ..fields.array import array
from ..fields.property import property as column
from ..model import ParseObject
from ..query import Query, scope


class JobSchedule(ParseObject, class_name="_JobSchedule"):
    """When a job is due (``_JobSchedule``); only the master key sees these rows (9.10).

    Parse Server keeps the rows and starts nothing: a scheduler of your own reads them.

    Attributes:
        job_name: the job.
        params: what it gets, as JSON text.
        start_after: the first moment, as text.
        days_of_week: "1" for Sunday to "7" for Saturday.
        time_of_day: "HH:MM:SS" in UTC.
        last_run: when it ran last, in seconds since 1970.
        repeat_minutes: the pause between two runs.
    """

    job_name = column(str, required=True)
    description = column(str)
    params = column(str)
    start_after = column(str)
    days_of_week = array(str)
    time_of_day = column(str)
    last_run = column(int)
    repeat_minutes = column(int)

    @scope
    @staticmethod
    def for_job(q: Query["JobSchedule"], name: str) -> Query["JobSchedule"]:
        """The schedules of one job."""
        return q.where(JobSchedule.job_name == name)

    @property
    def arguments(self) -> dict[str, Any]:
        """What the job gets, decoded from ``params``; empty when there is nothing."""
        found: dict[str, Any] = json.loads(self.params or "{}")
        return found
