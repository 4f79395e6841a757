"""Too late to leave without a person: the organization's own rule, asked at the moment of sending."""

from datetime import datetime, timedelta

from foundation.states import move
from networks.models import Held, Outgoing, Priority
from organizations.models import Organization


def is_too_late(row: Outgoing, now: datetime) -> bool:
    """Never a reply, for somebody waits for it; nor a part of something that has begun, which would stay torn."""
    if row.priority == Priority.REPLY or row.after_id is not None:
        return False
    earliest = too_late_before(row.profile.organization, now)
    return earliest is not None and row.planned_at < earliest


def too_late_before(organization: Organization, now: datetime) -> datetime | None:
    """What was planned for before this leaves no more without a person; None where it always may."""
    limit = organization.too_late_minutes
    return None if limit is None else now - timedelta(minutes=limit)


def hold_too_late(row: Outgoing, now: datetime) -> None:
    """It waits for a person from now on. The caller has locked it."""
    late = format_timespan(now - row.planned_at)
    move(
        row,
        "postpone",
        held=Held.TOO_LATE,
        reason=f"It would have left {late} after its time. It waits for somebody to decide.",
    )


def format_timespan(span: timedelta) -> str:
    """A length of time as people say it: 45 min, 3 h 20 min, 2 days."""
    minutes = span // timedelta(minutes=1)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"
    return f"{minutes // (24 * 60)} days"
