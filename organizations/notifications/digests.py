"""The daily digest: what a member chose to read once a day, collected into one e-mail."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from organizations.models import Mail, Notification, NotificationSettings
from organizations.notifications.quiet_hours import after_quiet_hours, next_clock_time
from organizations.tenancy import scope
from organizations.worker_hints import wake_worker

MOST_DIGEST_LINES = 100  # lines of one digest


def collect_due_digests(at: datetime) -> int:
    """Writes the e-mail of every digest whose time has come; how many there were."""
    written = 0
    # unscoped: one collector serves every organization; index digest_due
    due = NotificationSettings.unscoped.filter(next_digest_at__lte=at)
    for pk, organization_id in due.values_list("pk", "organization_id"):
        with scope(organization_id):
            written += collect_digest(pk, at)
    return written


@transaction.atomic
def collect_digest(pk: int, at: datetime) -> bool:
    """One member's digest, once: whoever comes second finds the next one in the future."""
    rows = NotificationSettings.objects.select_related("member__user", "member__organization")
    settings = rows.select_for_update(of=("self",)).filter(pk=pk, next_digest_at__lte=at).first()
    if settings is None or settings.next_digest_at is None:
        return False
    member, planned = settings.member, settings.next_digest_at
    zone = ZoneInfo(member.time_zone)
    NotificationSettings.objects.filter(pk=pk).update(next_digest_at=next_clock_time(at, zone, settings.digest_at))
    waiting = Notification.objects.filter(member=member, for_digest=True)
    unread = list(waiting.filter(read_at=None).order_by("-pk")[:MOST_DIGEST_LINES])
    if unread:
        mail = Mail.objects.create(
            member=member,
            kind="digest",
            key=f"digest:{member.pk}:{planned:%Y%m%d%H%M}",
            due_at=after_quiet_hours(at, zone, settings.quiet_from, settings.quiet_until),
        )
        mail.notices.set(unread)
        wake_worker("organizations.tasks.send_mails")
    waiting.update(for_digest=False)
    return bool(unread)
