"""The Django application `teams`."""

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "teams"
