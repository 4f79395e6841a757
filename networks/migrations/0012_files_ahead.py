from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Built beside the traffic."""

    atomic = False

    dependencies = [("networks", "0011_uploads")]

    operations = [
        AddIndexConcurrently(
            "outgoing",
            models.Index(fields=["bring_at"], name="outgoing_bring", condition=Q(state="waiting") & ~Q(bring_at=None)),
        ),
    ]
