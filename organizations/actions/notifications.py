"""Reading notices, and how one wants to be told."""

from collections.abc import Collection, Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from foundation.database.lookups import get_or_not_found
from foundation.errors import Invalid
from foundation.processes import realtime
from organizations.auditing import audit
from organizations.models import Member, Notification, NotificationSettings
from organizations.notifications.notice_kinds import CHANNELS, NOTICE_KINDS
from organizations.notifications.quiet_hours import next_clock_time


@transaction.atomic
def read_notification(actor: Member, pk: int) -> Notification:
    """Marks one of the actor's own notices as read; again, it stays as it was. Raises NotFound."""
    notice = get_or_not_found(Notification.objects.filter(member=actor), pk)
    if Notification.objects.filter(pk=notice.pk, read_at=None).update(read_at=now()):
        ping_notifications(actor)
    return notice


@transaction.atomic
def read_all_notifications(actor: Member) -> int:
    """Marks all of the actor's notices as read; how many there were."""
    read = Notification.objects.filter(member=actor, read_at=None).update(read_at=now())
    if read:
        ping_notifications(actor)
    return read


def ping_notifications(member: Member) -> None:
    realtime.ping(member.organization_id, "notifications", member.pk)


@transaction.atomic
def change_notification_settings(
    actor: Member,
    *,
    channels: Mapping[str, Collection[str]],
    quiet_from: time | None,
    quiet_until: time | None,
    digest_at: time,
) -> NotificationSettings:
    """How the actor wants to be told of each kind; a kind that is not named keeps its defaults.

    Raises Invalid (channels, quiet_from, quiet_until).
    """
    validate_notification_settings(channels, quiet_from, quiet_until)
    chosen = {kind: [one for one in CHANNELS if one in chosen_channels] for kind, chosen_channels in channels.items()}
    values: dict[str, Any] = {
        "channels": chosen,
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
        "digest_at": digest_at,
        "next_digest_at": next_digest_time(actor, chosen, digest_at, now()),
    }
    settings, _created = NotificationSettings.objects.update_or_create(
        member=actor, defaults={"organization_id": actor.organization_id, **values}
    )
    audit.record(actor, "notifications.changed", actor)
    return settings


def validate_notification_settings(
    channels: Mapping[str, Collection[str]], quiet_from: time | None, quiet_until: time | None
) -> None:
    if not set(channels) <= set(NOTICE_KINDS) or not all(
        set(chosen_channels) <= set(CHANNELS) for chosen_channels in channels.values()
    ):
        raise Invalid({"channels": [_("There is no such kind or channel.")]})
    if (quiet_from is None) != (quiet_until is None):
        missing = "quiet_from" if quiet_from is None else "quiet_until"
        raise Invalid({missing: [_("Quiet hours need a beginning and an end.")]})


def next_digest_time(member: Member, channels: Mapping[str, list[str]], at: time, after: datetime) -> datetime | None:
    """None where nothing is to be collected."""
    if not any("digest" in chosen_channels for chosen_channels in channels.values()):
        return None
    return next_clock_time(after, ZoneInfo(member.time_zone), at)
