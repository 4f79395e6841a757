"""Who is away, and for whom one stands in."""

from django.db.models import QuerySet
from django.db.models.functions import Now

from organizations.models import Absence, Member


def deputised_member_ids(member: Member) -> QuerySet[Absence, int]:
    """The ids of those whose work is shown to `member` too, today: for `assignee__in=...`, at no query of its own.

    It shows work and gives no right: every list is still asked through the deputy's own.
    """
    rows = Absence.objects.filter(deputy=member, starts_at__lte=Now(), ends_at__gt=Now())  # index absence_deputy
    return rows.values_list("member_id", flat=True)


def absences_of(member: Member) -> QuerySet[Absence]:
    """Those that last or are still to come."""
    rows = Absence.objects.filter(member=member, ends_at__gt=Now()).order_by("starts_at", "pk")
    return rows.select_related("deputy__user")
