from django.db import migrations

from socialops.lib.repair import RepairTables


class Migration(migrations.Migration):
    """For databases that ran 0006 or 0008 while they were still being changed; elsewhere it only looks."""

    dependencies = [("networks", "0014_unknown_of_profile"), ("organizations", "0008_repaired")]

    operations = [
        RepairTables(app="networks", retired=[("networks", "0007_pauses")]),
    ]
