from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Built beside the traffic."""

    atomic = False

    dependencies = [("networks", "0022_identify_at")]

    operations = [
        AddIndexConcurrently(
            "profile",
            models.Index(fields=["identify_at"], name="profile_to_identify", condition=Q(state="connected")),
        ),
    ]
