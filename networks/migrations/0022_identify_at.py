from django.db import migrations, models


class Migration(migrations.Migration):
    """A column that nothing has to be read for."""

    dependencies = [("networks", "0021_profile_parts")]

    operations = [migrations.AddField("profile", "identify_at", models.DateTimeField(null=True))]
