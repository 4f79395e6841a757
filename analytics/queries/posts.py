"""The posts behind the numbers, each with what is known of it."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, F, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from analytics.definitions import POST_KEYS
from analytics.derive import bounds
from analytics.period import Period
from foundation.errors import Invalid
from networks.models import Profile, RemotePost
from organizations.tenancy import scope

NEWEST = "newest"
ORDERS = (NEWEST, *POST_KEYS)
BATCH = 1000  # posts that a download holds in memory
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


def every_post(organization_id: int, rows: QuerySet[RemotePost]) -> Iterator[RemotePost]:
    """All of `rows`, a batch at a time. Runs while an answer is sent, so it enters the scope by itself."""
    with scope(organization_id):
        ids = list(rows.values_list("pk", flat=True))
    for at in range(0, len(ids), BATCH):
        with scope(organization_id):
            found = RemotePost.objects.select_related("profile", "measurement").in_bulk(ids[at : at + BATCH])
        yield from (found[pk] for pk in ids[at : at + BATCH] if pk in found)


def rank(order: str) -> F | Coalesce:
    if order == NEWEST:
        return F("published_at")
    number = Cast(KeyTextTransform(order, "measurement__known"), BigIntegerField())
    return Coalesce(number, Value(NOT_KNOWN), output_field=BigIntegerField())
