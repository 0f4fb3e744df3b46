"""The app, whose templates are those of `parse_orm.web`."""

from pathlib import Path

from django.apps import AppConfig

from .... import web


class DevicesConfig(AppConfig):
    """`INSTALLED_APPS = ["parse_orm.contrib.django.devices"]`."""

    name = "parse_orm.contrib.django.devices"
    label = "parse_orm_devices"
    verbose_name = "Your devices"
    # Where Django looks for the folder `templates` of an app; every framework has the same ones.
    path = str(Path(web.__file__).parent)
