from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns whose default stands in the database: safe while older processes still write."""

    dependencies = [("organizations", "0008_repaired")]

    operations = [
        migrations.AddField(
            "organization", "session_idle_days", models.PositiveSmallIntegerField(default=14, db_default=14)
        ),
        migrations.AddField("organization", "session_days", models.PositiveSmallIntegerField(default=30, db_default=30)),
        migrations.AddField("apitoken", "by_sign_on", models.BooleanField(default=False, db_default=False)),
    ]
