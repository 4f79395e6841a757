"""What came in and should be looked at again by now."""

from django.utils.timezone import now

from inbox.models import Message
from networks.models import Profile

LOOKS_AT_ONCE = 100  # one call on most networks


def list_due_looks(profile: Profile) -> list[str]:
    """Remote ids, those that have waited longest first. Index message_to_look_at."""
    rows = Message.objects.filter(profile=profile, look_at__lte=now()).exclude(remote_id=None)
    return [one for one in rows.order_by("look_at").values_list("remote_id", flat=True)[:LOOKS_AT_ONCE] if one]
