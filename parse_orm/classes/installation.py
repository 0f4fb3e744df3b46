"""An installation is one app on one device."""

from ..fields.array import array
from ..fields.property import property
from ..model import ParseObject


class Installation(ParseObject):
    """An app on a device, as push services know it (``_Installation``).

    Parse Server lets clients create and update installations; finding and deleting them needs the master key (9.10).
    """

    installation_id = property(str)
    device_type = property(str)
    device_token = property(str, hidden=True)
    push_type = property(str)
    gcm_sender_id = property(str, field="GCMSenderId")
    app_name = property(str)
    app_version = property(str)
    app_identifier = property(str)
    parse_version = property(str)
    locale_identifier = property(str)
    time_zone = property(str)
    badge = property(int)
    channels = array(str)
