"""The name that the page has in the admin, and the permissions that go with it; there is no table."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SessionCount(models.Model):
    """How many sessions a user has; rows are never read from Django's database, see `counts.py`."""

    class Meta:
        managed = False
        default_permissions = ("view",)
        permissions = (("end_sessions", "Can end all sessions of a user"),)
        verbose_name = _("sessions of a user")
        verbose_name_plural = _("sessions per user")

    def __str__(self) -> str:
        return str(self.pk)
