from django.db import migrations

from socialops.lib.repair import RepairTables


class Migration(migrations.Migration):
    """For databases that ran 0001, 0002 or 0003 while they were still being changed; elsewhere it only looks."""

    dependencies = [("publishing", "0003_media"), ("networks", "0015_repaired")]

    operations = [
        RepairTables(app="publishing", left_columns=[("publishing_post", "updated_at")]),
    ]
