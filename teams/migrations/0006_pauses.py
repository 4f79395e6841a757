import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """A new table: safe while workers send."""

    dependencies = [
        ("networks", "0005_lanes"),
        ("organizations", "0005_sign_in"),
        ("teams", "0004_tasks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("keeps_replies", models.BooleanField(default=False)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                ("released_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="organizations.member",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organizations.organization"
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pauses",
                        to="networks.profile",
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="organizations.member",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="pauses", to="teams.team"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization", "-id"], name="pause_newest")],
                "constraints": [
                    models.CheckConstraint(condition=Q(team=None) | Q(profile=None), name="pause_of_one_thing"),
                    models.UniqueConstraint(
                        fields=["organization"],
                        condition=Q(released_at=None) & Q(team=None, profile=None),
                        name="pause_everywhere_once",
                    ),
                    models.UniqueConstraint(fields=["team"], condition=Q(released_at=None), name="pause_team_once"),
                    models.UniqueConstraint(
                        fields=["profile"], condition=Q(released_at=None), name="pause_profile_once"
                    ),
                ],
            },
        ),
    ]
