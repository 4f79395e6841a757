from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Built beside the traffic."""

    atomic = False

    dependencies = [("networks", "0013_renewed_at")]

    operations = [
        AddIndexConcurrently(
            "outgoing",
            models.Index(fields=["profile"], name="outgoing_profile_unknown", condition=Q(state="unknown")),
        ),
    ]
