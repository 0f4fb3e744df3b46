"""The action "End all sessions"."""

import logging

from django.contrib.auth import logout
from django.http import HttpRequest

from ....errors import ParseOrmError
from ....web import SessionAdmin
from ..conf import session_store
from ..signals import BY_ADMIN, send_revoked

logger = logging.getLogger(__name__)


def end_all_sessions(request: HttpRequest, user_ids: list[str]) -> dict[str, ParseOrmError]:
    """End every session of some users, here and on the Parse Server; one that fails does not spare the others.

    Args:
        request: who asks; when the own id is among those of `user_ids`, this visit ends, too.
        user_ids: whose sessions end.

    Returns:
        User id -> what kept the sessions of that user from ending.
    """
    admin, staff = SessionAdmin(session_store()), request.user.pk
    own = request.sessions.user_id  # type: ignore[attr-defined]
    failed: dict[str, ParseOrmError] = {}
    for id in user_ids:
        try:
            if id == own:
                logout(request)  # first, for a session that vanished under its own request would be an error
            admin.end_for_user(id)
        except ParseOrmError as error:
            logger.warning("the sessions of user %s could not all be ended: %s", id, error)
            failed[id] = error
            continue
        logger.info("staff user %s ended the sessions of user %s", staff, id)
        send_revoked(id, None, BY_ADMIN)
    return failed
