from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Built beside the traffic."""

    atomic = False

    dependencies = [("networks", "0009_queue_indexes")]

    operations = [
        AddIndexConcurrently(
            "outgoing",
            models.Index(
                fields=["lease_until"], name="outgoing_untold", condition=~Q(state="sending") & ~Q(lease_until=None)
            ),
        ),
    ]
