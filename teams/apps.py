"""The Django application `teams`."""

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "teams"

    def ready(self) -> None:
        from teams import notices, receivers  # noqa: F401 - connects them

        notices.register_kinds()
