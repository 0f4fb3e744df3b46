"""The routes of the page, to be included at the root of a project."""

from django.urls import path

from .views import ConfirmView, SessionListView, SessionRevokeAllView, SessionRevokeOthersView, SessionRevokeView

app_name = "sessions"
urlpatterns = [
    path("account/sessions", SessionListView.as_view(), name="index"),
    path("account/sessions/confirm", ConfirmView.as_view(), name="confirm"),
    path("account/sessions/revoke-others", SessionRevokeOthersView.as_view(), name="revoke_others"),
    path("account/sessions/revoke-all", SessionRevokeAllView.as_view(), name="revoke_all"),
    path("account/sessions/<str:id>/revoke", SessionRevokeView.as_view(http_method_names=["post"]), name="revoke"),
    path("account/sessions/<str:id>", SessionRevokeView.as_view(http_method_names=["delete"]), name="one"),
]
