from django.db import migrations

from socialops.lib.repair import RepairTables


class Migration(migrations.Migration):
    """For databases that ran 0002, 0003 or 0004 while they were still being changed; elsewhere it only looks."""

    dependencies = [("teams", "0006_pauses"), ("organizations", "0008_repaired")]

    operations = [
        RepairTables(app="teams"),
    ]
