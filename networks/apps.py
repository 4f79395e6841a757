"""The Django application `networks`."""

from django.apps import AppConfig


class NetworksConfig(AppConfig):
    name = "networks"

    def ready(self) -> None:
        from networks.notices import register_kinds

        register_kinds()
