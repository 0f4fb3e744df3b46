"""The project as an app, which hears the signals of sessions."""

from importlib import import_module

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """`INSTALLED_APPS = ["examples.django_project"]`."""

    name = "examples.django_project"

    def ready(self) -> None:
        """Connect the receivers."""
        import_module("examples.django_project.audit")
