from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Built beside the traffic: safe while messages come in."""

    atomic = False

    dependencies = [("inbox", "0001_initial")]

    operations = [
        AddIndexConcurrently(
            "message",
            models.Index(fields=["id"], name="message_unlinked", condition=Q(direction="out", remote_id=None)),
        ),
    ]
