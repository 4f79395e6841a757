"""The Django application `networks`."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class NetworksConfig(AppConfig):
    name = "networks"

    def ready(self) -> None:
        from networks.notices import register_kinds
        from networks.registry import networks

        networks()  # imported once, before processes divide, and what cannot be imported is known at the start
        register_kinds()
        post_migrate.connect(begin_to_beat, sender=self, dispatch_uid="networks.begin_to_beat")


def begin_to_beat(**kwargs: Any) -> None:
    """The one row of the pulse, where there is none yet."""
    from django.db import connection
    from django.utils.timezone import now

    from networks.models import Pulse
    from networks.outbox.pulse import begin_anew

    if Pulse._meta.db_table in connection.introspection.table_names() and not Pulse.objects.exists():
        begin_anew(now())
