from django.db import migrations, models


def choose(apps, schema_editor):
    """Six hours for whoever never said anything; who has said that nothing is too late keeps that."""
    chosen = apps.get_model("organizations", "AuditEntry")._base_manager.filter(
        verb="organization.changed", change__has_key="too_late_minutes"
    )
    organizations = apps.get_model("organizations", "Organization")._base_manager.filter(too_late_minutes=None)
    organizations.exclude(pk__in=list(chosen.values_list("organization_id", flat=True))).update(too_late_minutes=360)


class Migration(migrations.Migration):
    """Few rows, and a default that the database knows too: workers of the version before may go on."""

    dependencies = [("organizations", "0012_domains_entered_before")]

    operations = [
        migrations.AlterField(
            "organization", "too_late_minutes", models.PositiveIntegerField(db_default=360, default=360, null=True)
        ),
        migrations.RunPython(choose, migrations.RunPython.noop, elidable=True),
    ]
