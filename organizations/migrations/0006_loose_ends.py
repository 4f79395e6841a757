from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """For the purge of what was read long ago; built beside the traffic."""

    atomic = False

    dependencies = [("organizations", "0005_sign_in")]

    operations = [
        AddIndexConcurrently(
            "notification",
            models.Index(fields=["read_at"], name="notification_read", condition=~Q(read_at=None)),
        ),
        AddIndexConcurrently(
            "mail",
            models.Index(
                fields=["created_at"],
                name="mail_settled",
                condition=Q(state__in=("sent", "unknown", "failed", "dropped")),
            ),
        ),
    ]
