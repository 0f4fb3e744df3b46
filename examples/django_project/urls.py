"""The pages of the project, and those of the devices app."""

from django.urls import include, path

from examples.django_project import views

urlpatterns = [
    path("", views.home),
    path("signup", views.signup),
    path("login", views.login),
    path("logout", views.logout),
    path("admin", views.admin),
    path("", include("parse_orm.contrib.django.devices.urls")),
]
