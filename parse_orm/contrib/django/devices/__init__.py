"""The page "Your devices" as a Django app.

INSTALLED_APPS = ["parse_orm.contrib.django.devices", ...]
urlpatterns = [path("", include("parse_orm.contrib.django.devices.urls")), ...]
"""
