from django.db import migrations

from socialops.lib.repair import RepairTables


class Migration(migrations.Migration):
    """For databases that ran 0001 while they were still being changed; elsewhere it only looks."""

    dependencies = [("analytics", "0001_initial"), ("networks", "0015_repaired")]

    operations = [
        # A day without a number is a day without a row.
        migrations.RunSQL("DELETE FROM analytics_rollup WHERE value IS NULL", migrations.RunSQL.noop),
        RepairTables(
            app="analytics",
            left_columns=[("analytics_measurement", "latest_id")],
            retired=[("analytics", "0002_initial")],
        ),
    ]
