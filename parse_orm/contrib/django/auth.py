"""The auth backend: Django's `authenticate` asks the Parse Server."""

import logging
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.views.decorators.debug import sensitive_variables

from ...classes import User
from ...errors import EmailNotFound, InvalidCredentials, PasswordMissing, UsernameMissing
from ...types.secret import Secret, hidden

logger = logging.getLogger(__name__)

#: What the Parse Server answers to a person who may not come in.
REFUSALS = (InvalidCredentials, EmailNotFound, PasswordMissing, UsernameMissing)


class ParseBackend:
    """Checks names and passwords with the Parse Server.

    Django wants a row of its own user table for permissions, foreign keys and the admin, so each Parse user gets one
    at the first login: its `id_field` is the objectId, its password is unusable, and nothing else is copied. Put
    `django.contrib.auth.backends.ModelBackend` behind this one for permissions that are given in Django.

    Without a user table there is `request.sessions.login(username, password)`, which needs neither this class nor
    `django.contrib.auth`.
    """

    #: The field of the user model that holds the objectId; None means its USERNAME_FIELD.
    id_field: str | None = None

    @sensitive_variables("password")
    def authenticate(self, request: Any, username: str | None = None, password: str | Secret[str] | None = None) -> Any:
        """Check a password, which makes the login on the Parse Server; `login(request, user)` ties it to the session.

        Args:
            request: the request, which may be None.
            username: the name or the e-mail address.
            password: the password.

        Returns:
            Django's user, whose `parse_user` is the User with its token; None when the server refuses.

        Raises:
            TransportError: the Parse Server does not answer.
        """
        password = hidden(password)
        if not username or not password:
            return None
        try:
            parse_user = User.login(username, password)
        except REFUSALS:
            return None
        user = self.user_for(parse_user)
        if not user.is_active:
            logger.info("user %s is not active in Django", parse_user.id)
            parse_user.logout()
            return None
        user.parse_user = parse_user
        return user

    @sensitive_variables("password")
    async def aauthenticate(
        self, request: Any, username: str | None = None, password: str | Secret[str] | None = None
    ) -> Any:
        """`authenticate` in a thread."""
        password = hidden(password)
        return await sync_to_async(self.authenticate)(request, username=username, password=password)

    def get_user(self, user_id: Any) -> Any:
        """Django's user by its primary key; None when there is none, or it is not active."""
        user: Any = get_user_model()._default_manager.filter(pk=user_id).first()
        return user if user is not None and user.is_active else None

    async def aget_user(self, user_id: Any) -> Any:
        """`get_user` in a thread."""
        return await sync_to_async(self.get_user)(user_id)

    def user_for(self, parse_user: User) -> Any:
        """The row of Django's user table that stands for a Parse user, made when there is none."""
        model: Any = get_user_model()
        field = self.id_field or model.USERNAME_FIELD
        user, is_new = model._default_manager.get_or_create(**{field: str(parse_user.id)})
        if is_new:
            user.set_unusable_password()
            user.save()
        return user
