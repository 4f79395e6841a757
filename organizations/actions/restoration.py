"""What must not happen twice, nor still be open, after an older state of the database came back."""

from datetime import datetime
from zoneinfo import ZoneInfo

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from foundation.states import move_all
from organizations.actors import System
from organizations.auditing import audit
from organizations.models import Mail, NotificationSettings, Organization
from organizations.notifications.quiet_hours import next_clock_time
from organizations.tenancy import scope

RESTORE_ACTOR = System("restore")
DROP_REASON = "It was due before an older state came back, and may have been sent. The bell has it."


@transaction.atomic
def settle_restoration(at: datetime, *, dumped_at: datetime, archive: str = "") -> None:
    """Ends every session, for some may have been ended since. E-mails that were due are not sent a second time: their
    notices stand in the bell. Invitations leave with a new link, for the one sent since is not known here.
    """
    # unscoped, here and below: an older state comes back for every organization at once
    move_all(Mail.unscoped.filter(state="waiting", due_at__lte=at), "drop", reason=DROP_REASON)
    skip_due_digests(at)
    UserSession.objects.all().delete()
    Session.objects.all().delete()
    for organization in Organization.objects.all():
        with scope(organization):
            details = {"saved": dumped_at.isoformat(), "backup": archive}
            audit.record(RESTORE_ACTOR, "organization.restored", organization, details)


def skip_due_digests(at: datetime) -> None:
    """Whatever they would have told goes with the next."""
    due = NotificationSettings.unscoped.filter(next_digest_at__lte=at)
    for settings in due.select_related("member__user", "member__organization"):
        following = next_clock_time(at, ZoneInfo(settings.member.time_zone), settings.digest_at)
        NotificationSettings.unscoped.filter(pk=settings.pk).update(next_digest_at=following)
