"""How many sessions each user has on the Parse Server: one aggregate request, and one for the names."""

from dataclasses import dataclass

from ....classes import Session, User
from ....client.context import as_master

#: Users of one page, those with the most sessions.
PAGE = 200


@dataclass(frozen=True, slots=True)
class UserSessions:
    """One line of the page.

    Attributes:
        user_id: the objectId of the user.
        username: the name of the user; None when the user is gone and only the sessions are left.
        total: rows of `_Session`, those whose token has run out included until somebody deletes them.
    """

    user_id: str
    username: str | None
    total: int


def sessions_per_user(limit: int = PAGE) -> list[UserSessions]:
    """The users with the most sessions, with the master key.

    Args:
        limit: how many users at most.

    Raises:
        MasterKeyRequired: the client has no master key; nothing was sent.
        TransportError: the Parse Server does not answer.
    """
    stages = [{"$group": {"_id": "$user", "total": {"$sum": 1}}}, {"$sort": {"total": -1}}, {"$limit": limit}]
    with as_master():
        totals = {row["objectId"]: row["total"] for row in Session.aggregate(stages) if row.get("objectId")}
        users = User.where(User.id.in_(list(totals))).keys("username").limit(limit) if totals else ()
        names = {user.id: user.username for user in users}
    return [UserSessions(id, names.get(id), total) for id, total in totals.items()]
