"""When the organization is at work, and when it rests."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from foundation.database.lookups import get_or_not_found
from foundation.errors import Conflict, Invalid
from foundation.overtaking import Seen, mark_of, refuse_overtaken
from foundation.texts.names import checked_name
from organizations.access import require_admin
from organizations.actors import Actor
from organizations.auditing import audit
from organizations.configuration.business_hours import Stretch, format_stretches, parse_stretches
from organizations.models import BusinessHours, Holiday, Organization

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST_STRETCHES = 6  # of one day
MOST_HOLIDAYS = 400


@transaction.atomic
def set_business_hours(actor: Actor, organization: Organization, *, week: Mapping[str, str], seen: Seen = None) -> None:
    """Sets the whole week, each day as "09:00-13:00, 14:00-18:00"; a day that is left out rests.

    Raises Invalid (names of days), PermissionDenied, Overtaken.
    """
    require_admin(actor)
    new_week = checked_week(week)
    Organization.objects.select_for_update().get(pk=organization.pk)
    rows = BusinessHours.objects.order_by("weekday", "opens").values_list("weekday", "opens", "closes")
    current: dict[int, tuple[Stretch, ...]] = {}
    for weekday, opens, closes in rows:
        current[weekday] = (*current.get(weekday, ()), (opens, closes))
    refuse_overtaken(week_mark(current), seen)
    change = audit.changed_fields(format_week(current), format_week(new_week))
    if change:
        BusinessHours.objects.all().delete()
        BusinessHours.objects.bulk_create(
            BusinessHours(organization=organization, weekday=weekday, opens=opens, closes=closes)
            for weekday, stretches in new_week.items()
            for opens, closes in stretches
        )
        audit.record(actor, "organization.hours_changed", organization, change)


def checked_week(week: Mapping[str, str]) -> dict[int, tuple[Stretch, ...]]:
    found, problems = {}, {day: ["There is no such day."] for day in week if day not in WEEKDAYS}
    for weekday, day in enumerate(WEEKDAYS):
        try:
            found[weekday] = parse_stretches(week.get(day, ""))
        except ValueError as error:
            problems[day] = [str(error)]
            continue
        if len(found[weekday]) > MOST_STRETCHES:
            problems[day] = [f"At most {MOST_STRETCHES} stretches make a day."]
    if problems:
        raise Invalid(problems)
    return found


def format_week(week: Mapping[int, tuple[Stretch, ...]]) -> dict[str, str]:
    return {day: format_stretches(week.get(weekday, ())) for weekday, day in enumerate(WEEKDAYS)}


def week_mark(week: Mapping[int, tuple[Stretch, ...]]) -> str:
    return mark_of(format_week(week))


@transaction.atomic
def add_holiday(actor: Actor, organization: Organization, *, day: date, name: str) -> Holiday:
    """A day on which nobody is at work. Raises Invalid (day, name), Conflict, PermissionDenied."""
    require_admin(actor)
    name = checked_name(name, 80)
    if not 2000 <= day.year <= 2200:
        raise Invalid({"day": ["Choose a day between 2000 and 2200."]})
    Organization.objects.select_for_update().get(pk=organization.pk)
    if Holiday.objects.count() >= MOST_HOLIDAYS:
        raise Conflict(f"At most {MOST_HOLIDAYS} holidays are kept. Remove some that are over.")
    holiday, created = Holiday.objects.get_or_create(
        organization=organization, day=day, defaults={"name": name, "organization": organization}
    )
    if not created:
        raise Invalid({"day": [f"This is a holiday already: {holiday.name}."]})
    audit.record(actor, "organization.holiday_added", organization, {"holiday": str(holiday)})
    return holiday


@transaction.atomic
def remove_holiday(actor: Actor, organization: Organization, holiday_id: int) -> None:
    """It is a day like any other again. Raises NotFound, PermissionDenied."""
    require_admin(actor)
    holiday = get_or_not_found(Holiday.objects.select_for_update(), holiday_id)
    audit.record(actor, "organization.holiday_removed", organization, {"holiday": [str(holiday), ""]})
    holiday.delete()
