"""Pauses as sentences."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from networks.models import Profile
from teams.models import Pause, Team
from teams.pauses.pause_access import PauseTarget


def name_of_target(target: PauseTarget) -> str:
    if isinstance(target, Team):
        return _("the team %s") % target.name
    return f"{target.name} {target.mark}" if isinstance(target, Profile) else target.name


def pause_sentence(pause: Pause, zone: str, now: datetime) -> str:
    """What is paused since when by whom and why, and whether replies still leave."""
    words = {
        "what": name_of_target(pause.target),
        "when": format_pause_time(pause.at, ZoneInfo(zone), now),
        "who": name_of_pauser(pause),
    }
    text = _("Publishing is paused for %(what)s since %(when)s by %(who)s") % words
    text = f"{text}: {pause.note}" if pause.note else text
    text = text if text.endswith((".", "!", "?", "…")) else f"{text}."
    return f"{text} {_('Replies still leave.')}" if pause.keeps_replies else text


def name_of_pauser(pause: Pause) -> str:
    return pause.by.name if pause.by else _("somebody who has left")


def format_pause_time(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """14:05, with the day where that was not today."""
    local = at.astimezone(zone)
    return format_date(local, "H:i" if local.date() == now.astimezone(zone).date() else "j M H:i")
