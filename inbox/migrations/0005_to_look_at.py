from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Built beside the traffic."""

    atomic = False

    dependencies = [("inbox", "0004_followed")]

    operations = [
        AddIndexConcurrently(
            "message",
            models.Index(fields=["profile", "look_at"], name="message_to_look_at", condition=~Q(look_at=None)),
        ),
    ]
