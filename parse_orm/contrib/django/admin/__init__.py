"""The page of Django's admin that shows how many sessions each user has on the Parse Server, and ends them.

INSTALLED_APPS = ["django.contrib.admin", "parse_orm.contrib.django.admin", ...]
"""
