from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("organizations", "0006_loose_ends")]

    operations = []
