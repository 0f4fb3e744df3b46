"""The page: a list with boxes to tick, and a button; plain HTML that works without JavaScript."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, ngettext
from django.views.decorators.csrf import csrf_protect

from ....errors import ParseOrmError
from .counts import PAGE, UserSessions, sessions_per_user
from .ending import end_all_sessions
from .models import SessionCount

TEMPLATE = "parse_orm/admin/sessions.html"
END_SESSIONS = "parse_orm_admin.end_sessions"


@admin.register(SessionCount)
class SessionCountAdmin(admin.ModelAdmin):  # type: ignore[type-arg, unused-ignore]
    """Sessions per user. Staff with the permission `view_sessioncount` see it, with `end_sessions` they may act."""

    def get_urls(self) -> list[Any]:
        """The list alone: there is nothing to add, change or delete one by one."""
        return [url for url in super().get_urls() if str(url.name).endswith("_changelist")]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: logging in makes sessions."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: sessions end by the action."""
        return False

    @method_decorator(csrf_protect)
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, or end the sessions of the users that were ticked.

        Raises:
            PermissionDenied: the visitor lacks the permission.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._end(request)
        request.current_app = self.admin_site.name
        response = TemplateResponse(request, TEMPLATE, {**self._page(request), **(extra_context or {})})
        response["Cache-Control"] = "no-store"
        return response

    def _end(self, request: HttpRequest) -> HttpResponse:
        if not _may_end(request):
            raise PermissionDenied
        ids = list(dict.fromkeys(id for id in request.POST.getlist("user") if id.strip()))
        failed = end_all_sessions(request, ids)
        for id, error in failed.items():
            messages.error(request, f"{id}: {error}")
        done = len(ids) - len(failed)
        if not ids:
            messages.warning(request, gettext("Nobody was selected."))
        elif done:
            text = ngettext("Ended all sessions of {n} user.", "Ended all sessions of {n} users.", done)
            messages.success(request, text.format(n=done))
        return HttpResponseRedirect(request.get_full_path())

    def _page(self, request: HttpRequest) -> dict[str, Any]:
        rows: list[UserSessions] = []
        try:
            rows = sessions_per_user()
        except ParseOrmError as error:
            messages.error(request, str(error))
        return {
            **self.admin_site.each_context(request),
            "title": gettext("Sessions per user"),
            "opts": self.opts,
            "rows": rows,
            "may_end": _may_end(request),
            "is_cut": len(rows) == PAGE,
            "page_size": PAGE,
        }


def _may_end(request: HttpRequest) -> bool:
    user: Any = request.user
    return bool(user.has_perm(END_SESSIONS))
