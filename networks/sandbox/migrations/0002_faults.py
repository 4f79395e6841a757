import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organizations", "0001_initial"), ("sandbox", "0001_initial")]

    operations = [
        migrations.CreateModel(
            "Fault",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("network", models.CharField(max_length=20)),
                ("kind", models.CharField(max_length=20)),
                ("left", models.PositiveSmallIntegerField(null=True)),
                ("seconds", models.PositiveSmallIntegerField(default=0)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="faults",
                        to="sandbox.account",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organizations.organization"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "fault",
            models.UniqueConstraint(
                fields=["organization", "network", "account", "kind"], name="sandbox_fault_once", nulls_distinct=False
            ),
        ),
        migrations.AddField("entry", "listed_from", models.DateTimeField(null=True)),
        # The column stays for processes of the version before; with a default, for those of this one do not fill it.
        migrations.AlterField("account", "fault", models.CharField(blank=True, db_default="", max_length=20)),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("account", "fault")]),
    ]
