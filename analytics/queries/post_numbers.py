"""The posts behind the numbers, each with what is known of it."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, F, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from analytics.definitions import POST_KEYS
from analytics.derive import day_bounds
from analytics.period import Period
from foundation.errors import Invalid
from networks.models import Profile, RemotePost
from organizations.tenancy import scope

NEWEST_ORDER = "newest"
POST_ORDERS = (NEWEST_ORDER, *POST_KEYS)
DOWNLOAD_BATCH = 1000  # posts that a download holds in memory
NOT_KNOWN = -(2**62)  # sorts behind every real number, also behind negative ones


def parse_order(text: str) -> str:
    if text and text not in POST_ORDERS:
        raise Invalid({"order": [_("Choose one of %(orders)s.") % {"orders": ", ".join(POST_ORDERS)}]})
    return text or NEWEST_ORDER


def measured_posts(
    profiles: Sequence[Profile], period: Period, *, zone: ZoneInfo, order: str = NEWEST_ORDER
) -> QuerySet[RemotePost]:
    """Our posts published in the period, best or newest first: order by `rank`, then `id`. Index remote_post_newest."""
    start, end = day_bounds(period.first, period.last, zone)
    rows = RemotePost.objects.filter(
        profile__in=[profile.pk for profile in profiles], kind="post", published_at__gte=start, published_at__lt=end
    )
    rows = rows.exclude(outgoing=None).select_related("profile", "measurement")
    return rows.annotate(rank=rank_expression(order)).order_by("-rank", "-pk")


def iterate_posts(organization_id: int, rows: QuerySet[RemotePost]) -> Iterator[RemotePost]:
    """All of `rows`, a batch at a time. Runs while an answer is sent, so it enters the scope by itself."""
    with scope(organization_id):
        ids = list(rows.values_list("pk", flat=True))
    for at in range(0, len(ids), DOWNLOAD_BATCH):
        with scope(organization_id):
            found = RemotePost.objects.select_related("profile", "measurement").in_bulk(ids[at : at + DOWNLOAD_BATCH])
        yield from (found[pk] for pk in ids[at : at + DOWNLOAD_BATCH] if pk in found)


def rank_expression(order: str) -> F | Coalesce:
    if order == NEWEST_ORDER:
        return F("published_at")
    number = Cast(KeyTextTransform(order, "measurement__known"), BigIntegerField())
    return Coalesce(number, Value(NOT_KNOWN), output_field=BigIntegerField())
