from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("networks", "0007_pauses")]

    operations = []
