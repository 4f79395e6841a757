from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Columns with a default in the database and indexes built beside the traffic: safe while workers send."""

    atomic = False

    dependencies = [("networks", "0004_polling_lease")]

    operations = [
        migrations.AddField(
            "outgoing",
            "priority",
            models.PositiveSmallIntegerField(
                choices=[(0, "Reply"), (1, "Post"), (2, "Bulk")], db_default=1, default=1
            ),
        ),
        migrations.AddField(
            "outgoing", "held", models.CharField(blank=True, db_default="", default="", max_length=20)
        ),
        migrations.AddField(
            "outgoing",
            "after",
            models.ForeignKey(
                null=True,
                db_index=False,
                on_delete=models.SET_NULL,
                related_name="followers",
                to="networks.outgoing",
            ),
        ),
        migrations.AddField(
            "profile", "pause", models.CharField(blank=True, db_default="", default="", max_length=10)
        ),
        AddIndexConcurrently(
            "outgoing",
            models.Index(fields=["due_at", "id"], name="outgoing_due_open", condition=Q(state="waiting", held="")),
        ),
        AddIndexConcurrently(
            "outgoing",
            models.Index(
                fields=["profile", "priority", "planned_at", "id"],
                name="outgoing_lane",
                condition=Q(state="waiting", held=""),
            ),
        ),
        AddIndexConcurrently(
            "outgoing", models.Index(fields=["after"], name="outgoing_followers", condition=~Q(after=None))
        ),
        AddIndexConcurrently(
            "outgoing",
            models.Index(fields=["profile"], name="outgoing_profile_busy", condition=Q(state="sending")),
        ),
        RemoveIndexConcurrently("outgoing", "outgoing_due"),
    ]
