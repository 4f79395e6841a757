from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("networks", "0012_files_ahead")]

    operations = [migrations.AddField("credential", "renewed_at", models.DateTimeField(null=True))]
