from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Nullable columns, or with a default in the database, and an index built beside the traffic."""

    atomic = False

    dependencies = [("networks", "0006_circuits")]

    operations = [
        migrations.AddField(
            "outgoing",
            "chain",
            models.ForeignKey(
                null=True,
                db_index=False,
                on_delete=models.CASCADE,
                related_name="parts",
                to="networks.outgoing",
            ),
        ),
        migrations.AddField("outgoing", "part", models.PositiveSmallIntegerField(db_default=1, default=1)),
        migrations.AddField("remotepost", "deleted_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "remotepost",
            "deleted_by",
            models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        AddIndexConcurrently(
            "outgoing",
            models.Index(fields=["chain", "part"], name="outgoing_chain", condition=~Q(chain=None)),
        ),
    ]
