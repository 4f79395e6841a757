from django.db import migrations, models


class Migration(migrations.Migration):
    """A column that nothing has to be read for."""

    dependencies = [("networks", "0018_receipts")]

    operations = [migrations.AddField("outgoing", "former", models.JSONField(null=True))]
