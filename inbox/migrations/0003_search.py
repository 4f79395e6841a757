from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations

from socialops.lib.search import Parts, Words


class Migration(migrations.Migration):
    """Built beside the traffic; what was there before goes when the new ones stand."""

    atomic = False

    dependencies = [("inbox", "0002_repaired"), ("networks", "0020_search")]

    operations = [
        AddIndexConcurrently("message", GinIndex(Words("text"), name="message_words")),
        AddIndexConcurrently("contact", GinIndex(Parts("name", "handle"), name="contact_parts")),
        RemoveIndexConcurrently("message", "message_search"),
        RemoveIndexConcurrently("contact", "contact_name_part"),
        RemoveIndexConcurrently("contact", "contact_handle_part"),
    ]
