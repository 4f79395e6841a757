from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Built beside the traffic."""

    atomic = False

    dependencies = [("networks", "0017_restored_rows")]

    operations = [
        AddIndexConcurrently(
            "webhookreceipt",
            models.Index(fields=["digested_at"], name="receipt_read", condition=~Q(digested_at=None)),
        ),
    ]
