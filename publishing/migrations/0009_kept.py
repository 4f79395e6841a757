from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The sum of what is kept, with what stands beside the files. Built beside the traffic."""

    atomic = False

    dependencies = [("publishing", "0008_originals")]

    operations = [
        AddIndexConcurrently(
            "asset", models.Index(fields=["organization"], include=["bytes", "bytes_beside"], name="asset_kept")
        ),
        RemoveIndexConcurrently("asset", "asset_storage"),
    ]
