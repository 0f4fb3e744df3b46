"""When a session ends by itself: with the browser, after a while without use, or at a date."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Self

from ..errors import InvalidValue
from .clock import aware, later

#: How long the server keeps a session that ends with the browser, which it cannot see closing.
SESSION_END_LIMIT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Expiry:
    """One of three policies; made by its class methods.

    >>> from datetime import timedelta
    >>> Expiry.on_inactivity(timedelta(minutes=30))
    Expiry.on_inactivity(0:30:00)

    Attributes:
        kind: "session_end", "inactivity" or "at".
        period: the time without use after which it ends, for "inactivity".
        moment: when it ends, for "at".
    """

    kind: Literal["session_end", "inactivity", "at"]
    period: timedelta | None = None
    moment: datetime | None = None

    @classmethod
    def on_session_end(cls) -> Self:
        """The cookie goes when the browser closes; the server forgets the session after 14 days without use."""
        return cls("session_end")

    @classmethod
    def on_inactivity(cls, period: timedelta) -> Self:
        """After a period without use.

        Raises:
            InvalidValue: the period is not positive.
        """
        if period <= timedelta():
            raise InvalidValue(f"a session cannot end after {period} without use; the period must be positive")
        return cls("inactivity", period=period)

    @classmethod
    def at(cls, moment: datetime) -> Self:
        """At a date, however much it is used.

        Raises:
            InvalidValue: the date has no time zone.
        """
        return cls("at", moment=aware(moment))

    @classmethod
    def of(cls, value: "Expiry | timedelta | datetime | int | None") -> "Expiry":
        """Read a policy from the values that other frameworks use.

        Args:
            value: a policy, a period without use, that period in seconds, a date, or None or 0 for the end of the
                browser session.
        """
        if isinstance(value, Expiry):
            return value
        if value is None or value == 0:
            return cls.on_session_end()
        if isinstance(value, datetime):
            return cls.at(value)
        return cls.on_inactivity(value if isinstance(value, timedelta) else timedelta(seconds=value))

    def date(self, now: datetime, limit: timedelta = SESSION_END_LIMIT) -> datetime:
        """When a session used at this moment ends.

        Args:
            now: the present time.
            limit: how long the server keeps a session that ends with the browser.
        """
        return self.moment if self.moment is not None else later(now, self.period or limit)

    def to_data(self) -> dict[str, Any]:
        """The policy as JSON, kept with the session."""
        if self.moment is not None:
            return {"kind": self.kind, "moment": self.moment.isoformat()}
        return {"kind": self.kind, "seconds": self.period.total_seconds()} if self.period else {"kind": self.kind}

    @classmethod
    def from_data(cls, data: Any) -> "Expiry | None":
        """Read what `to_data` gave; None for anything else."""
        try:
            return _READERS[data["kind"]](data)
        except (KeyError, TypeError, ValueError, OverflowError):
            return None

    def __repr__(self) -> str:
        detail = self.moment.isoformat() if self.moment is not None else self.period or ""
        return f"Expiry.{_MAKERS[self.kind]}({detail})"


_MAKERS = {"session_end": "on_session_end", "inactivity": "on_inactivity", "at": "at"}
_READERS = {
    "session_end": lambda data: Expiry.on_session_end(),
    "inactivity": lambda data: Expiry.on_inactivity(timedelta(seconds=data["seconds"])),
    "at": lambda data: Expiry.at(datetime.fromisoformat(data["moment"])),
}
