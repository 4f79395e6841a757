"""Being away, with a deputy to whom one's work is shown too. A deputy gets no right by it."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext as _

from foundation.errors import Invalid, NotFound
from foundation.processes import realtime
from organizations.access import require_admin
from organizations.actors import Actor
from organizations.auditing import audit
from organizations.models import Absence, Member, Role

LONGEST_ABSENCE = timedelta(days=730)


@transaction.atomic
def plan_absence(actor: Actor, member: Member, *, deputy: Member, first_day: date, last_day: date) -> Absence:
    """From the first day's midnight to the end of the last, on the member's clock. One's own, or anybody's as admin.

    Raises Invalid (deputy, first_day, last_day), PermissionDenied.
    """
    require_self_or_admin(actor, member)
    starts_at, ends_at = absence_span(member, first_day, last_day)
    both = Member.objects.filter(pk__in=[member.pk, deputy.pk])
    present_members = list(both.select_for_update(no_key=True).order_by("pk"))  # nobody leaves or is booked meanwhile
    if member not in present_members:
        raise NotFound
    if deputy == member or deputy not in present_members or deputy.role == Role.VIEWER:
        raise Invalid({"deputy": [_("Choose another member, who does more than look.")]})
    refuse_clashes(member, deputy, starts_at, ends_at)
    absence = Absence.objects.create(member=member, deputy=deputy, starts_at=starts_at, ends_at=ends_at)
    change = {"deputy": deputy.name, "first day": first_day.isoformat(), "last day": last_day.isoformat()}
    audit.record(actor, "absence.planned", member, change)
    realtime.ping(member.organization_id, "rights")
    return absence


@transaction.atomic
def end_absence(actor: Actor, absence: Absence) -> None:
    """Back already, or not away after all."""
    require_self_or_admin(actor, absence.member)
    at = now()
    rows = Absence.objects.filter(pk=absence.pk, ends_at=absence.ends_at)  # as it was seen: somebody may end it too
    ended = rows.filter(starts_at__lt=at, ends_at__gt=at).update(ends_at=at)
    if not ended and not Absence.objects.filter(pk=absence.pk, starts_at__gte=at).delete()[0]:
        return
    audit.record(actor, "absence.ended", absence.member)
    realtime.ping(absence.organization_id, "rights")


def require_self_or_admin(actor: Actor, member: Member) -> None:
    if not isinstance(actor, Member) or actor.pk != member.pk:
        require_admin(actor)


def absence_span(member: Member, first_day: date, last_day: date) -> tuple[datetime, datetime]:
    zone = ZoneInfo(member.time_zone)
    today = now().astimezone(zone).date()
    if last_day < first_day:
        raise Invalid({"last_day": [_("The last day comes before the first.")]})
    if last_day < today:
        raise Invalid({"last_day": [_("That is over already.")]})
    if (
        last_day - first_day > LONGEST_ABSENCE
        or first_day - today > LONGEST_ABSENCE
        or today - first_day > LONGEST_ABSENCE
    ):
        raise Invalid({"last_day": [_("Choose days within two years.")]})
    return start_of_day(first_day, zone), start_of_day(last_day + timedelta(days=1), zone)


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


def refuse_clashes(member: Member, deputy: Member, starts_at: datetime, ends_at: datetime) -> None:
    """One absence at a time, and whoever stands in for somebody is there to do it."""
    meanwhile = Absence.objects.filter(starts_at__lt=ends_at, ends_at__gt=starts_at, ends_at__gte=now())
    if meanwhile.filter(member=member).exists():
        raise Invalid({"first_day": [_("These days overlap with another absence.")]})
    if meanwhile.filter(member=deputy).exists():
        raise Invalid({"deputy": [_("%s is away then too.") % deputy.name]})
    other = meanwhile.filter(Q(deputy=member)).select_related("member__user").first()
    if other:
        text = _("%(member)s stands in for %(other)s then. Name another deputy there first.")
        raise Invalid({"first_day": [text % {"member": member.name, "other": other.member.name}]})
