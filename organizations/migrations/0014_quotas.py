from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Value


class Migration(migrations.Migration):
    """A column with a default in the database, and an index built beside the traffic."""

    atomic = False

    dependencies = [("organizations", "0013_too_late_default")]

    operations = [
        migrations.AddField(
            "organization",
            "quotas",
            models.JSONField(blank=True, db_default=Value({}, models.JSONField()), default=dict),
        ),
        AddIndexConcurrently("idempotentanswer", models.Index(fields=["created_at"], name="idempotency_oldest")),
    ]
