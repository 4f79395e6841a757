"""The organization's business time, as stored."""

from organizations.configuration.business_hours import Hours, Stretch
from organizations.models import BusinessHours, Holiday, Organization


def business_hours_of(organization: Organization) -> Hours:
    """For `organizations.configuration.business_hours`: two queries, whatever is asked of it afterwards."""
    week: dict[int, tuple[Stretch, ...]] = {}
    rows = BusinessHours.objects.order_by("weekday", "opens")
    for weekday, opens, closes in rows.values_list("weekday", "opens", "closes"):
        week[weekday] = (*week.get(weekday, ()), (opens, closes))
    return Hours(organization.time_zone, week, frozenset(Holiday.objects.values_list("day", flat=True)))
