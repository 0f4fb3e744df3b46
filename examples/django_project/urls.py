"""The pages of the project, those of the devices app, and Django's admin."""

from django.contrib import admin
from django.urls import include, path

from examples.django_project import views

urlpatterns = [
    path("", views.home),
    path("signup", views.signup),
    path("login", views.login),
    path("logout", views.logout),
    path("admin", views.AdminView.as_view()),
    path("django-admin/", admin.site.urls),
    path("", include("parse_orm.contrib.django.devices.urls")),
]
