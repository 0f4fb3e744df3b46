"""The views: accounts on the Parse Server, sessions by parse_orm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

import parse_orm as orm
from examples.django_project.audit import LATELY
from parse_orm.contrib.django.conf import session_store
from parse_orm.contrib.django.mixins import RecentConfirmationMixin
from parse_orm.errors import InvalidCredentials, ParseError
from parse_orm.web import SessionAdmin
from parse_orm.web.devices import own_path


def home(request: Any) -> Any:
    """Who is here, and where to go."""
    user = request.sessions.user
    return render(request, "home.html", {"user": user, "is_administrator": _is_administrator(user)})


@sensitive_post_parameters("password")
def signup(request: Any) -> Any:
    """Make an account and log it in."""
    return _enter(request, "Sign up", lambda *typed: request.sessions.authenticate(orm.User.signup(*typed)))


@sensitive_post_parameters("password")
def login(request: Any) -> Any:
    """Log in."""
    return _enter(request, "Log in", request.sessions.login)


@require_POST
def logout(request: Any) -> Any:
    """Log out, here and on the Parse Server."""
    request.sessions.logout()
    return redirect("/")


class AdminView(RecentConfirmationMixin, View):
    """The users, and how to end all sessions of one; who did not type the password lately types it again."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Run; who is no administrator does not find the page."""
        if not _is_administrator(request.sessions.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: Any) -> Any:
        """Show them."""
        sessions = SessionAdmin(session_store())
        with orm.as_master():
            people = [(user, sessions.list_for_user(user)) for user in orm.User.query().order("username").limit(100)]
        return render(request, "admin.html", {"people": people, "lately": LATELY})

    def post(self, request: Any) -> Any:
        """End the sessions of somebody."""
        ended = SessionAdmin(session_store()).end_for_user(request.POST["user"])
        messages.info(request, f"{ended} sessions ended.")
        return redirect("/admin")


def _is_administrator(user: Any) -> bool:
    """A real site would ask a Role."""
    return user is not None and user.username == settings.ADMINISTRATOR


def _enter(request: Any, title: str, enter: Callable[[str, str], Any]) -> Any:
    if request.method != "POST":
        return render(request, "enter.html", {"title": title})
    try:
        enter(request.POST.get("name", ""), request.POST.get("password", ""))
    except InvalidCredentials:
        error = "The name or the password is wrong."
        return render(request, "enter.html", {"title": title, "error": error}, status=403)
    except ParseError as error:
        return render(request, "enter.html", {"title": title, "error": error.message}, status=400)
    return redirect(own_path(request.GET.get("next"), "/"))
