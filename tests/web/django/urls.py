"""A few views that use a session in each way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth import aauthenticate, alogin, authenticate, login, logout
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import include, path
from django.views import View
from django.views.decorators.csrf import csrf_exempt

import parse_orm as orm
from parse_orm.client.context import ambient_credential
from parse_orm.contrib.django.conf import session_store
from parse_orm.contrib.django.mixins import RecentConfirmationMixin
from parse_orm.web import SessionBackendError, SessionGone


def plain(request: Any) -> HttpResponse:
    return HttpResponse("nothing asked")


def read(request: Any) -> HttpResponse:
    return HttpResponse(str(request.session.get("x")))


def write(request: Any) -> HttpResponse:
    request.session["x"] = request.GET.get("x", "1")
    return HttpResponse(status=int(request.GET.get("status", "200")))


def clear(request: Any) -> HttpResponse:
    request.session.clear()
    return HttpResponse()


def lose(request: Any) -> HttpResponse:
    """Ends the session as another request would."""
    request.session["x"] = "lost"
    session_store().destroy(request.session.web.id)
    return HttpResponse("done")


def gone(request: Any) -> HttpResponse:
    raise SessionGone("it ended")


def away(request: Any) -> HttpResponse:
    raise SessionBackendError("no answer")


def dead_token(request: Any) -> HttpResponse:
    raise orm.InvalidSessionToken("Invalid session token", code=209)


def bind(request: Any) -> HttpResponse:
    """Logs in somebody whose identity is known."""
    request.sessions.authenticate(request.GET["id"], keep_data="keep" in request.GET)
    return HttpResponse(status=int(request.GET.get("status", "200")))


def sign_in(request: Any) -> HttpResponse:
    user = authenticate(request, username=request.POST["username"], password=request.POST["password"])
    if user is None:
        return HttpResponse("refused", status=403)
    login(request, user)
    return HttpResponse(request.session.session_key)


async def async_sign_in(request: Any) -> HttpResponse:
    user = await aauthenticate(request, username=request.POST["username"], password=request.POST["password"])
    await alogin(request, user)
    return HttpResponse((await request.auser()).get_username())


def sign_out(request: Any) -> HttpResponse:
    logout(request)
    return HttpResponse(status=int(request.GET.get("status", "200")))


def whoami(request: Any) -> JsonResponse:
    return JsonResponse(
        {
            "django": request.user.get_username() if request.user.is_authenticated else None,
            "sessions": request.sessions.user_id,
            "x": request.session.get("x"),
        }
    )


def acting(request: Any) -> JsonResponse:
    found = ambient_credential()
    return JsonResponse({"kind": None if found is None else found.kind})


async def async_acting(request: Any) -> JsonResponse:
    await request.session.aset("seen", True)
    return acting(request)


def kinds(count: int) -> Any:
    for _ in range(count):
        found = ambient_credential()
        yield f"{None if found is None else found.kind} "


def streaming(request: Any) -> StreamingHttpResponse:
    return StreamingHttpResponse(kinds(2))


async def async_streaming(request: Any) -> StreamingHttpResponse:
    async def parts() -> Any:
        for part in kinds(2):
            yield part

    return StreamingHttpResponse(parts())


class GraveView(RecentConfirmationMixin, View):
    """Something that needs the password again."""

    def get(self, request: Any) -> HttpResponse:
        return HttpResponse("done")

    post = get


class BriefView(GraveView):
    confirm_within = timedelta(minutes=1)


class MembersView(LoginRequiredMixin, GraveView):
    """For who is in Django's user table, too."""


class AsyncGraveView(RecentConfirmationMixin, View):
    async def get(self, request: Any) -> HttpResponse:
        return HttpResponse("done")


urlpatterns = [
    path("admin/", admin.site.urls),
    path("grave", GraveView.as_view()),
    path("brief", BriefView.as_view()),
    path("members", MembersView.as_view()),
    path("async-grave", AsyncGraveView.as_view()),
    path("", include("parse_orm.contrib.django.devices.urls")),
    path("plain", plain),
    path("read", read),
    path("write", write),
    path("clear", clear),
    path("lose", lose),
    path("gone", gone),
    path("away", away),
    path("dead-token", dead_token),
    path("bind", bind),
    path("sign-in", csrf_exempt(sign_in)),
    path("async-sign-in", csrf_exempt(async_sign_in)),
    path("sign-out", sign_out),
    path("whoami", whoami),
    path("acting", acting),
    path("async-acting", async_acting),
    path("streaming", streaming),
    path("async-streaming", async_streaming),
]
