"""One's own notices, newest first, page by page."""

from dataclasses import dataclass

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from foundation.database.keyset import page_by_key
from foundation.texts.ids import parse_id
from organizations.models import Member, Notification
from organizations.notifications.notice_kinds import NOTICE_KINDS, NoticeKind

PAGE = 40
IN_BELL = 12


@dataclass(frozen=True, slots=True)
class NoticeLine:
    notice: Notification
    kind: NoticeKind | None


def unread_count_expression() -> Coalesce:
    """For a query of members: how many notices each has not read. Index notification_unread."""
    # unscoped: a person's memberships are listed before an organization is in scope
    rows = Notification.unscoped.filter(member=OuterRef("pk"), read_at=None, in_bell=True).order_by()
    counted = rows.values("member").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def unread_count(member: Member) -> int:
    return Notification.objects.filter(member=member, read_at=None, in_bell=True).count()


def newest_notices(member: Member) -> list[NoticeLine]:
    """What the bell opens: unread and read alike, the newest first. Index notification_newest."""
    return notice_lines(list(Notification.objects.filter(member=member, in_bell=True).order_by("-pk")[:IN_BELL]))


def notice_page(member: Member, before: str) -> tuple[list[NoticeLine], int | None]:
    """One page and the key of the older one."""
    rows = Notification.objects.filter(member=member, in_bell=True)
    page = page_by_key(rows, ["-pk"], size=PAGE, after=parse_id(before))
    return notice_lines(page.rows), page.later


def notice_lines(rows: list[Notification]) -> list[NoticeLine]:
    return [NoticeLine(row, NOTICE_KINDS.get(row.kind)) for row in rows]
