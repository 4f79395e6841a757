"""The posts behind the numbers, each with what is known of it."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, F, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from analytics.definitions import POST_KEYS
from analytics.derive import bounds
from analytics.period import Period
from networks.models import Profile, RemotePost
from socialops.lib.errors import Invalid

NEWEST = "newest"
ORDERS = (NEWEST, *POST_KEYS)
NOT_KNOWN = -(2**62)  # sorts behind every real number, also behind negative ones


def read_order(text: str) -> str:
    if text and text not in ORDERS:
        raise Invalid({"order": [_("Choose one of %(orders)s.") % {"orders": ", ".join(ORDERS)}]})
    return text or NEWEST


def measured_posts(
    profiles: Sequence[Profile], period: Period, *, zone: ZoneInfo, order: str = NEWEST
) -> QuerySet[RemotePost]:
    """Our posts published in the period, best or newest first: order by `rank`, then `id`. Index remote_post_newest."""
    start, end = bounds(period.first, period.last, zone)
    rows = RemotePost.objects.filter(
        profile__in=[profile.pk for profile in profiles], kind="post", published_at__gte=start, published_at__lt=end
    )
    rows = rows.exclude(outgoing=None).select_related("profile", "measurement")
    return rows.annotate(rank=rank(order)).order_by("-rank", "-pk")


def rank(order: str) -> F | Coalesce:
    if order == NEWEST:
        return F("published_at")
    number = Cast(KeyTextTransform(order, "measurement__known"), BigIntegerField())
    return Coalesce(number, Value(NOT_KNOWN), output_field=BigIntegerField())
