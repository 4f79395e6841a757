from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """For those who look at the outbox; built beside the traffic."""

    atomic = False

    dependencies = [("networks", "0008_threads")]

    operations = [
        AddIndexConcurrently(
            "outgoing",
            models.Index(
                fields=["organization", "state", "planned_at", "id"],
                name="outgoing_queue",
                condition=Q(state__in=("waiting", "sending", "unknown", "failed")),
            ),
        ),
        AddIndexConcurrently(
            "outgoing",
            models.Index(
                fields=["organization", "sent_at"],
                include=["planned_at", "profile"],
                name="outgoing_sent_at",
                condition=Q(state="sent"),
            ),
        ),
    ]
