from django.db import migrations, models


class Migration(migrations.Migration):
    """What stands beside a file: as it came, and copies for networks. What was brought before has none of that."""

    dependencies = [("publishing", "0007_search")]

    operations = [
        migrations.AddField("asset", "original", models.JSONField(null=True)),
        migrations.AddField(
            "asset",
            "renditions",
            models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField("asset", "bytes_beside", models.BigIntegerField(db_default=0, default=0)),
    ]
