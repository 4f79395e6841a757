from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("networks", "0006_circuits")]

    operations = []
