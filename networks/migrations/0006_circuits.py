import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """New tables only: safe while workers send."""

    dependencies = [("networks", "0005_lanes"), ("organizations", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Circuit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("network", models.CharField(max_length=20)),
                ("sandbox", models.BooleanField(default=False)),
                ("failures", models.PositiveIntegerField(default=0)),
                (
                    "profiles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("failing_since", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("opened_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("next_at", models.DateTimeField(null=True)),
                ("probing", models.BooleanField(default=False)),
                ("wait", models.DurationField(null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organizations.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("network", "sandbox", "organization"), name="circuit_once", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FallbackPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("network", models.CharField(max_length=20)),
                ("after_minutes", models.PositiveSmallIntegerField()),
                ("text", models.TextField(default="{text}")),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organizations.organization"
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="networks.profile"
                    ),
                ),
                ("told", models.ManyToManyField(related_name="+", to="organizations.member")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("organization", "network"), name="fallback_once")],
            },
        ),
        migrations.CreateModel(
            name="Limit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("network", models.CharField(max_length=20)),
                ("sandbox", models.BooleanField(default=False)),
                (
                    "of",
                    models.CharField(choices=[("all", "All"), ("posts", "Posts"), ("reads", "Reads")], max_length=10),
                ),
                ("until", models.DateTimeField()),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organizations.organization",
                    ),
                ),
                (
                    "profile",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="networks.profile"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("network", "sandbox", "organization", "profile", "of"),
                        name="limit_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
    ]
