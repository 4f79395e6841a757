"""Words for moments: how far away, what the clock says, and in which zone."""

from datetime import datetime, tzinfo

from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def render_time(moment: datetime, zone: tzinfo, now: datetime, form: str) -> SafeString:
    """Return a <time> element; the full date with its zone is always in its title."""
    local = moment.astimezone(zone)
    distance, clock = format_distance(moment, now), format_clock_time(local, now.astimezone(zone))
    full = f"{format_date(local, 'D j M Y, H:i')} {format_zone(zone, local)}"
    if form == "relative":
        body = format_html('<span class="when__relative">{}</span>', distance)
    elif form == "absolute":
        body = format_html("{}", clock)
    elif form == "planned":
        body = format_html("{}", f"{format_date(local, 'D j M, H:i')} {format_zone(zone, local)}")
    else:
        body = format_html('<span class="when__relative">{}</span> <span class="when__at">· {}</span>', distance, clock)
    return format_html('<time class="when" datetime="{}" title="{}">{}</time>', moment.isoformat(), full, body)


def format_distance(moment: datetime, now: datetime) -> str:
    """Say how far a moment is from now, in the largest unit that is still exact enough to act on."""
    seconds = (moment - now).total_seconds()
    minutes = round(abs(seconds) / 60)
    if minutes < 1:
        return _("now")
    amount = format_minutes(minutes)
    return _("in %(amount)s") % {"amount": amount} if seconds > 0 else _("%(amount)s ago") % {"amount": amount}


def format_minutes(minutes: int) -> str:
    if minutes < 60:
        return _("%d min") % minutes
    if minutes < 24 * 60:
        return _("%d h") % round(minutes / 60)
    days = round(minutes / (24 * 60))
    return ngettext("%d day", "%d days", days) % days


def format_clock_time(local: datetime, now: datetime) -> str:
    """Say what the clock shows, with the day when it is not today and the year when it is not this one."""
    pattern = "H:i" if local.date() == now.date() else "D j M, H:i"
    if local.year != now.year:
        pattern = "j M Y, H:i"
    return f"{format_date(local, pattern)} {zone_name(local)}"


def zone_name(local: datetime) -> str:
    """Return the short name of the zone; zones that only have a number say that it is counted from UTC."""
    name = local.tzname() or "UTC"
    return f"UTC{name}" if name[0] in "+-" else name


def format_zone(zone: tzinfo, local: datetime) -> str:
    """Return the zone as people choose it, "Europe/Madrid"."""
    return getattr(zone, "key", None) or zone_name(local)
