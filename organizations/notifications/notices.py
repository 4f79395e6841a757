"""The one door through which members are told of something, and the only writer of notices.

One notice per member and cause: while it is unread, the same cause counts it up and sends nothing more, so that a
thousand failures are one notice, one line in the bell and one e-mail.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.utils.timezone import now

from foundation.processes import realtime
from foundation.texts.text_comparison import clip_to_line
from organizations.models import Member, Notification, NotificationSettings, Organization
from organizations.notifications.mails import create_mails
from organizations.notifications.notice_kinds import NOTICE_KINDS
from organizations.notifications.quiet_hours import after_quiet_hours
from organizations.tenancy import require_organization_id

TRIES = 5


@dataclass(frozen=True, slots=True)
class Notice:
    """What one member is told. `cause` names what happened: the same cause is the same notice until it is read."""

    member: Member
    cause: str
    kind: str
    title: str
    url: str
    about: str = ""
    url_of_many: str = ""


def notify(
    members: Iterable[Member],
    cause: str,
    *,
    kind: str,
    title: str,
    url: str,
    about: str = "",
    url_of_many: str = "",
) -> None:
    """Tells each of `members` once; `url` is a path, `about` one line of what it is about."""
    notify_all(Notice(member, cause, kind, title, url, about, url_of_many) for member in members)


@transaction.atomic
def notify_all(notices: Iterable[Notice]) -> None:
    """Many notices of many causes in a fixed number of queries, whatever their number."""
    wanted = {(one.member.pk, one.cause): one for one in notices if one.member.left_at is None}
    if not wanted:
        return
    settings = settings_of_members({one.member.pk for one in wanted.values()})
    at = now()
    rows = [
        build_notification(one, wanted_channels(one.kind, settings.get(one.member.pk)), at) for one in wanted.values()
    ]
    fresh = upsert_notifications([row for row in rows if row is not None], at)
    members = {one.member.pk: one.member for one in wanted.values()}
    mailed = [row for row in fresh if "email" in wanted_channels(row.kind, settings.get(row.member_id))]
    create_mails({row: mail_due_time(members[row.member_id], settings.get(row.member_id), at) for row in mailed})
    for pk in sorted({row.member_id for row in rows if row is not None}):
        realtime.ping(require_organization_id(), "notifications", pk)


@transaction.atomic
def settle_notices(*causes: str) -> None:
    """What these called for is done, by whomever: they are read for everybody. Index notification_cause."""
    rows = Notification.objects.filter(cause__in=causes, read_at=None).order_by("pk")
    held = list(rows.select_for_update().values_list("pk", "member_id"))
    Notification.objects.filter(pk__in=[pk for pk, _member in held]).update(read_at=now())
    for pk in {member for _pk, member in held}:
        realtime.ping(require_organization_id(), "notifications", pk)


def settings_of_members(member_ids: set[int]) -> dict[int, NotificationSettings]:
    rows = NotificationSettings.objects.filter(member__in=member_ids)
    return {row.member_id: row for row in rows}


def wanted_channels(kind: str, settings: NotificationSettings | None) -> frozenset[str]:
    """How a member wants to be told of `kind`."""
    chosen: Mapping[str, list[str]] = settings.channels if settings else {}
    return frozenset(chosen[kind]) if kind in chosen else NOTICE_KINDS[kind].defaults


def mail_due_time(member: Member, settings: NotificationSettings | None, at: datetime) -> datetime:
    if settings is None:
        return at
    return after_quiet_hours(at, ZoneInfo(member.time_zone), settings.quiet_from, settings.quiet_until)


def build_notification(notice: Notice, wanted: frozenset[str], at: datetime) -> Notification | None:
    """None where the member wants to hear nothing of it."""
    if not wanted:
        return None
    return Notification(
        organization_id=require_organization_id(),
        member_id=notice.member.pk,
        cause=notice.cause,
        kind=notice.kind,
        title=clip_to_line(notice.title, 200),
        about=clip_to_line(notice.about, 300),
        url=notice.url,
        url_of_many=notice.url_of_many,
        count=0,
        in_bell="bell" in wanted,
        for_digest="digest" in wanted,
        created_at=at,
        last_at=at,
    )


def upsert_notifications(rows: list[Notification], at: datetime) -> list[Notification]:
    """Adds one to the unread notice of each cause, which is made where there is none; returns those that are new.

    The insert waits for whoever is telling the same cause; somebody who reads in between makes it start again.
    """
    left = {(row.member_id, row.cause): row for row in sorted(rows, key=lambda row: (row.member_id, row.cause))}
    fresh: list[Notification] = []
    for _ in range(TRIES):
        if not left:
            break
        Notification.objects.bulk_create(left.values(), ignore_conflicts=True)
        members, causes = {pk for pk, _cause in left}, {cause for _pk, cause in left}
        unread = Notification.objects.filter(member__in=members, cause__in=causes, read_at=None)
        held = [row for row in unread.select_for_update().order_by("pk") if (row.member_id, row.cause) in left]
        Notification.objects.filter(pk__in=[row.pk for row in held]).update(count=F("count") + 1, last_at=at)
        fresh += [row for row in held if row.count == 0]
        for row in held:
            del left[row.member_id, row.cause]
    return fresh


def organization_slug(organization_id: int) -> str:
    """For the addresses that notices lead to."""
    return Organization.objects.values_list("slug", flat=True).get(pk=organization_id)
