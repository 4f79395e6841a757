from django.db import migrations, models


class Migration(migrations.Migration):
    """A column that may be empty: safe while older processes still write."""

    dependencies = [("organizations", "0009_session_bounds")]

    operations = [migrations.AddField("member", "second_step_lost_at", models.DateTimeField(null=True))]
