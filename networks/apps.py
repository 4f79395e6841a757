"""The Django application `networks`."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class NetworksConfig(AppConfig):
    name = "networks"

    def ready(self) -> None:
        from networks.notices import register_kinds
        from networks.registry import adapter_classes

        adapter_classes()  # imported once, before processes divide, and what cannot be imported is known at the start
        register_kinds()
        post_migrate.connect(create_pulse, sender=self, dispatch_uid="networks.begin_to_beat")


def create_pulse(**kwargs: Any) -> None:
    """The one row of the pulse, where there is none yet."""
    from django.db import connection
    from django.utils.timezone import now

    from networks.models import Pulse
    from networks.outbox.pulse import restart_pulse

    if Pulse._meta.db_table in connection.introspection.table_names() and not Pulse.objects.exists():
        restart_pulse(now())
