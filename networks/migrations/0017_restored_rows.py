from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Built beside the traffic."""

    atomic = False

    dependencies = [("networks", "0016_restorations")]

    operations = [
        AddIndexConcurrently(
            "outgoing",
            models.Index(fields=["profile", "state"], name="outgoing_restored", condition=~Q(restoration=None)),
        ),
    ]
