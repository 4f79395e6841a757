from django.db import migrations, models


class Migration(migrations.Migration):
    """A column that may be empty: safe while workers send."""

    dependencies = [("organizations", "0006_loose_ends")]

    operations = [
        migrations.AddField("organization", "too_late_minutes", models.PositiveIntegerField(null=True)),
    ]
