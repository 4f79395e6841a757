"""The parts of threads, as tests read and settle them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.timezone import now

from networks.models import Outgoing
from networks.outbox.chains import update_parts_behind
from networks.outbox.settling import link_remote_post
from publishing.models import Delivery, Post

HOUR = timedelta(hours=1)
THREAD = {"thread": ["Two", "Three"], "first_comment": "The link"}


def rows(post: Post) -> list[tuple[str, int, str, str]]:
    found = Outgoing.objects.select_related("profile").exclude(draft__kind="delete").order_by("pk")
    return [(row.profile.network, row.part, row.state, row.draft["text"]) for row in found]


def settle(part: int, state: str, network: str = "x", **columns) -> Outgoing:
    """As the outbox would."""
    row = Outgoing.objects.get(part=part, profile__network=network, draft__kind__in=("post", "part"))
    Outgoing.objects.filter(pk=row.pk).update(state=state, sent_at=now() if state == "sent" else None, **columns)
    row.refresh_from_db()
    if state == "sent":
        link_remote_post(row, f"90{part}", f"https://x.com/acme/status/90{part}")
    update_parts_behind(row)
    return row


def spring(zone_name: str) -> tuple[datetime, datetime]:
    """(when the clocks there go forward next, the wall time half an hour into what they skip): 02:30 comes out then."""
    zone = ZoneInfo(zone_name)
    hours = (now().replace(minute=30, second=0, microsecond=0) + timedelta(hours=count) for count in range(2, 9000))
    at = next(one for one in hours if one.astimezone(zone).utcoffset() > (one - HOUR).astimezone(zone).utcoffset())
    return at, at.astimezone(zone).replace(tzinfo=UTC) - HOUR


def at(name: str, *args) -> str:
    return reverse(f"publishing:{name}", args=["acme", *args])


def delivery(post: Post) -> Delivery:
    return Delivery.objects.select_related("profile", "post", "outgoing").get(post=post)
