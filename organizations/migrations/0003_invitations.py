from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("organizations", "0002_audit_append_only")]
    operations = []
