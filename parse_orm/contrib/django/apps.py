"""The Django app, which brings the management commands and the system check."""

from django.apps import AppConfig
from django.core import checks

from .checks import check_sessions


class ParseOrmConfig(AppConfig):
    """`INSTALLED_APPS = ["parse_orm.contrib.django"]`."""

    name = "parse_orm.contrib.django"
    label = "parse_orm"
    verbose_name = "parse_orm"

    def ready(self) -> None:
        """Have `manage.py check` look at the sessions."""
        checks.register(check_sessions)
