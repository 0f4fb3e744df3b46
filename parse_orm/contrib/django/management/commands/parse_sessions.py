"""`manage.py parse_sessions`: what an operator does with sessions at a prompt."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from .....errors import ParseOrmError
from .....web import SessionAdmin
from ...conf import session_store
from ...signals import BY_ADMIN, send_revoked


class Command(BaseCommand):
    """`parse_sessions list USER_ID` and `parse_sessions revoke USER_ID`; `clearsessions` is Django's own."""

    help = "List or revoke the web sessions of a user."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the two actions."""
        actions = parser.add_subparsers(dest="action", required=True)
        listing = actions.add_parser("list", help="List the sessions of a user.")
        revoking = actions.add_parser("revoke", help="End every session of a user.")
        for action in (listing, revoking):
            action.add_argument("user_id", help="the objectId of the user")
        revoking.add_argument(
            "--no-parse", dest="parse", action="store_false", help="Leave the logins on the Parse Server alone."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what was asked.

        Raises:
            CommandError: the store or the Parse Server refuses, or the user id is blank.
        """
        actions = {"list": self._list, "revoke": self._revoke}
        try:
            actions[options["action"]](options)
        except ParseOrmError as error:
            raise CommandError(str(error)) from error

    def _list(self, options: dict[str, Any]) -> None:
        for info in SessionAdmin(session_store()).list_for_user(options["user_id"]):
            self.stdout.write(f"{info.id}  {info.last_active_at:%Y-%m-%d %H:%M}  {info.device_name}  {info.ip_address}")

    def _revoke(self, options: dict[str, Any]) -> None:
        ended = SessionAdmin(session_store(), parse=options["parse"]).end_for_user(options["user_id"])
        if ended or options["parse"]:
            send_revoked(options["user_id"], None, BY_ADMIN)
        self.stdout.write(f"{ended} sessions ended")
