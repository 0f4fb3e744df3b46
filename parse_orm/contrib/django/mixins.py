"""`RecentConfirmationMixin`, and how a reply of `parse_orm.web.devices` becomes a response."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from ...web.devices import Reply, own_path, refusal
from ...web.devices import wants_json as prefers_json


class ConfirmUrls:
    """Where visitors log in and type the password again: LOGIN_URL, and the route of the devices app."""

    def __init__(self) -> None:
        self.login, self.confirm = resolve_url(settings.LOGIN_URL), reverse("sessions:confirm")


class RecentConfirmationMixin:
    """Lets a view run only for who typed the password lately; others are sent to type it, or to log in.

        class CloseAccountView(LoginRequiredMixin, RecentConfirmationMixin, View):
            confirm_within = timedelta(minutes=5)

    It stands before `View`, and goes with Django's `LoginRequiredMixin` or alone, in projects without
    `django.contrib.auth`. The devices app has the page where the password is typed. Programs that ask for JSON get
    401 `unauthorized` or 403 `confirmation_required`.

    Attributes:
        confirm_within: how lately; None means `confirm_within` of the config.
    """

    confirm_within: timedelta | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Run the view, or send the visitor away."""
        run: Any = super().dispatch  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]
        if getattr(self, "view_is_async", False):
            return self._dispatch_async(run, request, *args, **kwargs)
        refused = self._refusal(request)
        return run(request, *args, **kwargs) if refused is None else response_of(request, refused)

    async def _dispatch_async(self, run: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        refused = await sync_to_async(self._refusal)(request)
        if refused is None:
            return await run(request, *args, **kwargs)
        return response_of(request, refused)

    def get_confirm_next(self) -> str:
        """Where to go after the password: this page; when a form was sent, the page that the form is on."""
        request: HttpRequest = self.request  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
        if request.method in ("GET", "HEAD"):
            return request.get_full_path()
        page = request.headers.get("Referer", "")
        ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
        parts = urlsplit(page) if ours else urlsplit("/")
        return own_path(parts._replace(scheme="", netloc="", fragment="").geturl(), "/")

    def _refusal(self, request: HttpRequest) -> Reply | None:
        return refusal(
            request.sessions,  # type: ignore[attr-defined]
            ConfirmUrls(),
            next=self.get_confirm_next(),
            json=wants_json(request),
            within=self.confirm_within,
        )


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks: it says so in Accept, or uses DELETE, which no form can."""
    return request.method == "DELETE" or prefers_json(request.headers.get("Accept"))


def response_of(request: HttpRequest, reply: Reply) -> HttpResponse:
    """A reply as a response; no cache keeps it."""
    response = _made(request, reply)
    response["Cache-Control"] = "no-store"
    return response


def _made(request: HttpRequest, reply: Reply) -> HttpResponse:
    if reply.template is not None:
        csrf: dict[str, Any] = {"name": "csrfmiddlewaretoken", "value": get_token(request)}
        return render(request, reply.template, {**reply.context, "csrf": csrf}, status=reply.status)
    if reply.redirect is not None:
        response = HttpResponseRedirect(reply.redirect)
        response.status_code = reply.status
        return response
    return HttpResponse(status=reply.status) if reply.body is None else JsonResponse(reply.body, status=reply.status)
