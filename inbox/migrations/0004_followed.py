from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns that nothing has to be read for."""

    dependencies = [("inbox", "0003_search")]

    operations = [
        migrations.AddField("message", "edited_at", models.DateTimeField(null=True)),
        migrations.AddField("message", "hidden_at", models.DateTimeField(null=True)),
        migrations.AddField("message", "removed_at", models.DateTimeField(null=True)),
        migrations.AddField("message", "look_at", models.DateTimeField(null=True)),
    ]
