from django.db import migrations, models


class Migration(migrations.Migration):
    """What a revision says after its first text. Columns with a default in the database."""

    dependencies = [("publishing", "0001_initial"), ("networks", "0008_threads")]

    operations = [
        migrations.AddField(
            "revision",
            "parts",
            models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField("revision", "first_comment", models.TextField(blank=True, db_default="", default="")),
    ]
