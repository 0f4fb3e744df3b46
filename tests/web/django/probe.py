"""A backend of a project's own."""

from __future__ import annotations

from parse_orm.contrib.django.auth import ParseBackend


class ByLastName(ParseBackend):
    """Keeps the objectId in another field."""

    id_field = "last_name"
