"""The Django app, which brings the management commands."""

from django.apps import AppConfig


class ParseOrmConfig(AppConfig):
    """`INSTALLED_APPS = ["parse_orm.contrib.django"]`."""

    name = "parse_orm.contrib.django"
    label = "parse_orm"
    verbose_name = "parse_orm"
