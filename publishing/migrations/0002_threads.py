from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("publishing", "0001_initial"), ("networks", "0008_threads")]

    operations = []
