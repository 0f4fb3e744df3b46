"""An installation is one app on one device."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from ..associations.belongs_to import belongs_to
from ..client.answers import rows_in
from ..errors import InstallationUpdated, ParseOrmError
from ..fields.array import array
from ..fields.property import property as column
from ..model import ParseObject
from ..query import Query, scope
from .cleaning import cleared

#: Days without a word from a device after which its token is called stale.
STALE = 90

#: Characters of a device token that the server takes for one of iOS.
IOS_TOKEN = 64

logger = logging.getLogger(__name__)


class Installation(ParseObject, class_name="_Installation"):
    """An app on a device, as push services know it (``_Installation``).

    Parse Server lets clients create and update installations; finding and deleting them needs the master key (9.10),
    whatever the class permissions say.

    The server has each installation once. Saving a new object with an ``installation_id`` or ``device_token`` that it
    knows updates that row, and the object becomes it; the log of ``parse_orm.classes.installation`` says so. The answer
    has no id, so the row is looked for, which takes a save with the master key; without it ``save`` raises
    ``InstallationUpdated``.

    >>> import parse_orm as orm
    >>> phone = orm.Installation(device_type="ios", device_token="ab12").save()
    >>> phone.subscribe("jazz", "news").channels
    ['jazz', 'news']
    >>> orm.Installation.subscribers("jazz").count()
    1

    Attributes:
        device_type: "ios", "android", "web" and the like; needed to save, with device_token or installation_id.
        channels: what the device is subscribed to.
        badge: the number on the app's icon.
        user: whose device it is, where the app says so.
    """

    installation_id = column(str)
    device_type = column(str)
    device_token = column(str, hidden=True)
    device_token_last_modified = column(int)
    push_type = column(str)
    gcm_sender_id = column(str, field="GCMSenderId")
    app_name = column(str)
    app_version = column(str)
    app_build_number = column(str)
    app_identifier = column(str)
    parse_version = column(str)
    locale_identifier = column(str)
    time_zone = column(str)
    badge = column(int)
    channels = array(str)
    user = belongs_to[Any]("User")

    @staticmethod
    def clock() -> datetime:
        """The present time; tests put another function here."""
        return datetime.now(UTC)

    @scope
    @staticmethod
    def subscribers(q: Query["Installation"], channel: str) -> Query["Installation"]:
        """Devices that are subscribed to a channel."""
        return q.where(Installation.channels == channel)

    @scope
    @staticmethod
    def of_type(q: Query["Installation"], device_type: str) -> Query["Installation"]:
        """Devices of one type."""
        return q.where(Installation.device_type == device_type)

    @scope
    @staticmethod
    def stale(q: Query["Installation"], days: float = STALE) -> Query["Installation"]:
        """Devices that were not heard of for so many days."""
        return q.where(Installation.updated_at < Installation.clock() - timedelta(days=days))

    @classmethod
    def all_channels(cls) -> list[str]:
        """Every channel that somebody is subscribed to, sorted; needs the master key."""
        lists: list[list[str]] = cls.query().as_master().pluck(cls.channels)
        return sorted({channel for channels in lists for channel in channels})

    @classmethod
    def clear_stale(cls, days: float = STALE) -> int:
        """Delete devices that were not heard of for so many days; needs the master key.

        Returns:
            The number of rows deleted.

        Raises:
            MasterKeyRequired: the client has no master key; nothing was sent.
        """
        return cleared(cls.query().where(cls.updated_at < cls.clock() - timedelta(days=days)))

    def subscribe(self, *channels: str) -> Self:
        """Add channels; sent at once, and safe when others do the same."""
        return self.add_unique("channels", *channels)

    def unsubscribe(self, *channels: str) -> Self:
        """Take channels away; sent at once, and safe when others do the same."""
        return self.remove("channels", *channels)

    def is_subscribed(self, channel: str) -> bool:
        """Whether the device is subscribed to a channel, as far as this object knows."""
        return channel in self.channels

    def reset_badge(self) -> Self:
        """Set the number on the icon to 0."""
        return self.update(badge=0)

    def _row_of_nameless_answer(
        self, client: Any, credential: Any, body: Mapping[str, Any], answer: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """The row that the server updated in place of making one: its answer has ``updatedAt`` and no id (9.10)."""
        if "updatedAt" not in answer:
            return None
        doing = f"saving {self._title()}"
        updated = "the server has this installation already and updated its row, and its answer does not tell the id"
        if credential.kind != "master":
            raise InstallationUpdated(f"{updated}: only the master key may look for it; nothing is lost", doing=doing)
        params = {"where": _identity(body), "limit": 2}
        try:
            rows = rows_in(client.find("_Installation", params, credential=credential, doing=doing), doing)
        except ParseOrmError as error:
            raise InstallationUpdated(f"{updated}: looking for it failed", doing=doing) from error
        if len(rows) != 1:
            raise InstallationUpdated(f"{updated}: {len(rows)} rows meet {sorted(_identity(body))}", doing=doing)
        logger.info("updated installation %s, which the server had already", rows[0]["objectId"])
        return rows[0]

    @property
    def is_stale(self) -> bool:
        """Whether the device was not heard of for 90 days."""
        return not self.is_new and self.updated_at < self.clock() - timedelta(days=STALE)


def _identity(body: Mapping[str, Any]) -> dict[str, Any]:
    """What the server finds an installation by, as it stores it: ids, and tokens of iOS, in lower case (9.10)."""
    if body.get("installationId"):
        return {"installationId": body["installationId"].lower()}
    token: str = body.get("deviceToken") or ""
    return {"deviceToken": token.lower() if len(token) == IOS_TOKEN else token}
