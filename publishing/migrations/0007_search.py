from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

from socialops.lib.search import Parts, Texts


class Migration(migrations.Migration):
    """Built beside the traffic."""

    atomic = False

    dependencies = [("publishing", "0006_variant_parts"), ("networks", "0020_search")]

    operations = [
        AddIndexConcurrently(
            "revision", GinIndex(Parts("text", "first_comment", Texts("parts")), name="revision_parts")
        ),
        AddIndexConcurrently("variant", GinIndex(Parts("text", Texts("parts")), name="variant_parts")),
    ]
