"""Who may enter Django's admin; visitors of the site need no row in Django's user table."""

from typing import Any

from django.conf import settings

import parse_orm as orm
from parse_orm.contrib.django.auth import ParseBackend


class SiteBackend(ParseBackend):
    """Makes the administrator of the site one of Django's, too."""

    def user_for(self, parse_user: orm.User) -> Any:
        """Django's user; a real site would ask a Role."""
        user = super().user_for(parse_user)
        user.is_staff = user.is_superuser = parse_user.username == settings.ADMINISTRATOR
        user.save()
        return user
