from django.db import migrations, models


class Migration(migrations.Migration):
    """A column with a default in the database: nothing is rewritten, and workers of the version before may go on."""

    dependencies = [("organizations", "0014_quotas")]

    operations = [
        migrations.AddField(
            "user",
            "picture",
            models.FileField(blank=True, db_default="", max_length=200, upload_to="faces"),
        ),
    ]
