from django.db import migrations, models


class Migration(migrations.Migration):
    """A network's own wording may be a thread of its own. Null in what was written before: nobody was asked."""

    dependencies = [("publishing", "0005_storage")]

    operations = [migrations.AddField("variant", "parts", models.JSONField(blank=True, null=True))]
