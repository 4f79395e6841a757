from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

from socialops.lib.search import Parts


class Migration(migrations.Migration):
    """Built beside the traffic."""

    atomic = False

    dependencies = [("networks", "0020_search")]

    operations = [AddIndexConcurrently("profile", GinIndex(Parts("name", "handle"), name="profile_parts"))]
