import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Two small tables, and columns that nothing has to be read for: the key has no constraint to check."""

    dependencies = [("networks", "0015_repaired")]

    operations = [
        migrations.CreateModel(
            name="Pulse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("beat", models.BigIntegerField(default=0)),
                ("written_in", models.BigIntegerField(null=True)),
                ("beaten_at", models.DateTimeField()),
                ("stopped_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Restoration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "how",
                    models.CharField(
                        choices=[("restore", "Restore"), ("copy", "Copy"), ("behind", "Behind"), ("gap", "Gap")],
                        max_length=10,
                    ),
                ),
                ("dumped_at", models.DateTimeField()),
                ("noticed_at", models.DateTimeField()),
                ("written_before", models.DateTimeField()),
                ("planned_before", models.DateTimeField(null=True)),
                ("archive", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.AddField(
            "outgoing",
            "restoration",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                to="networks.restoration",
            ),
        ),
        migrations.AddField("outgoing", "doubted", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("outgoing", "written_at", models.DateTimeField(null=True)),
    ]
