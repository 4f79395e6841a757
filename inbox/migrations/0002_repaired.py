from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

from socialops.lib.repair import RepairTables


class Migration(migrations.Migration):
    """For databases that ran 0001 while they were still being changed; elsewhere it only looks."""

    dependencies = [("inbox", "0001_initial"), ("networks", "0015_repaired")]

    operations = [
        TrigramExtension(),
        RepairTables(
            app="inbox",
            left_indexes=["message_unlinked"],
            words=[("message_search", "20000")],
            retired=[("inbox", "0002_initial"), ("inbox", "0003_initial"), ("inbox", "0002_unlinked")],
        ),
    ]
