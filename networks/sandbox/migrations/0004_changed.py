from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns that nothing has to be read for, with their defaults in the database."""

    dependencies = [("sandbox", "0003_uploads")]

    operations = [
        migrations.AddField("entry", "is_hidden", models.BooleanField(default=False, db_default=False)),
        migrations.AddField(
            "entry", "earlier", models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
        ),
    ]
