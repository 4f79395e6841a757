from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("organizations", "0003_invitations")]
    operations = []
