"""The app of the admin page."""

from django.apps import AppConfig


class SessionsAdminConfig(AppConfig):
    """`INSTALLED_APPS = ["parse_orm.contrib.django.admin"]`."""

    name = "parse_orm.contrib.django.admin"
    label = "parse_orm_admin"
    verbose_name = "Parse Server"
    default_auto_field = "django.db.models.AutoField"  # as in the migration, whatever the project prefers
