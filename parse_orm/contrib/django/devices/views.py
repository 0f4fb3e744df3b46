"""The views of the page: each asks `Devices`, and turns its reply into a response."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext, ngettext
from django.views import View
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from ....web.devices import Devices, Reply
from ..mixins import RecentConfirmationMixin, response_of, wants_json


class Urls:
    """The routes as this project has them."""

    def __init__(self) -> None:
        self.index, self.confirm = reverse("sessions:index"), reverse("sessions:confirm")
        self.revoke_others, self.revoke_all = reverse("sessions:revoke_others"), reverse("sessions:revoke_all")
        self.login = resolve_url(settings.LOGIN_URL)

    def revoke(self, id: str) -> str:
        """Where one session is ended."""
        return reverse("sessions:revoke", args=[id])


@method_decorator(csrf_protect, name="dispatch")
class DevicesView(View):
    """What the views share."""

    def devices(self, request: HttpRequest) -> Devices:
        """The routes, for this request."""
        return Devices(
            request.sessions,  # type: ignore[attr-defined]
            Urls(),
            json=wants_json(request),
            gettext=gettext,
            ngettext=ngettext,
            language=get_language() or settings.LANGUAGE_CODE,
        )

    def answer(self, request: HttpRequest, reply: Reply) -> HttpResponse:
        """A reply as a response; no cache keeps it."""
        return response_of(request, reply)


class GraveView(RecentConfirmationMixin, DevicesView):
    """What the views that end sessions share."""

    def get_confirm_next(self) -> str:
        """Back to the list, whose button is to be pressed again."""
        return reverse("sessions:index")


class SessionListView(DevicesView):
    """The list."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the list."""
        return self.answer(request, self.devices(request).index())


class SessionRevokeView(GraveView):
    """One session ends."""

    def post(self, request: HttpRequest, id: str) -> HttpResponse:
        """End it, from a form."""
        return self.answer(request, self.devices(request).revoke(id))

    def delete(self, request: HttpRequest, id: str) -> HttpResponse:
        """End it, from a program; it is answered in JSON."""
        return self.answer(request, self.devices(request).revoke(id))


class SessionRevokeOthersView(GraveView):
    """Every other session ends."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """End them."""
        return self.answer(request, self.devices(request).revoke_others())


class SessionRevokeAllView(GraveView):
    """Every session ends."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """End them."""
        return self.answer(request, self.devices(request).revoke_all())


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class ConfirmView(DevicesView):
    """The password again."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for it."""
        return self.answer(request, self.devices(request).ask_password(request.GET.get("next")))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Check it."""
        next = request.POST.get("next")
        return self.answer(request, self.devices(request).confirm(request.POST.get("password", ""), next))
