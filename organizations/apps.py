"""The Django application `organizations`."""

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "organizations"
