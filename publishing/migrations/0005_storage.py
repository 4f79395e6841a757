from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Built beside the traffic."""

    atomic = False

    dependencies = [("publishing", "0004_repaired")]

    operations = [
        AddIndexConcurrently("asset", models.Index(fields=["organization"], include=["bytes"], name="asset_storage")),
    ]
