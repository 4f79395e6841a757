"""What everybody reads who is touched by a pause."""

from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.texts.number_format import format_number
from organizations.models import Member
from teams.models.pause import PAUSE_HOLDS
from teams.pauses.pause_access import pauses_for, releasable_ids
from teams.pauses.pause_words import pause_sentence

BANNERS_SHOWN = 3


def pause_banners(member: Member) -> list[dict[str, str]]:
    """One line for each of the newest pauses, with Release for those who may; one more for all others."""
    slug, at = member.organization.slug, now()
    everything = reverse("pauses:page", args=[slug])
    rows = list(pauses_for(member).filter(PAUSE_HOLDS).order_by("-pk")[: BANNERS_SHOWN + 1])
    may = releasable_ids(member, rows)
    lines = []
    for row in rows[:BANNERS_SHOWN]:
        url = reverse("pauses:release", args=[slug, row.pk]) if row.pk in may else everything
        label = _("End the pause") if row.pk in may else _("All pauses")
        text = pause_sentence(row, member.time_zone, at)
        lines.append({"kind": "danger", "text": text, "action_url": url, "action_label": label})
    if len(rows) > BANNERS_SHOWN:
        text = ngettext(
            "There is more than %s pause.", "There are more than %s pauses.", BANNERS_SHOWN
        ) % format_number(BANNERS_SHOWN)
        lines.append({"kind": "danger", "text": text, "action_url": everything, "action_label": _("All pauses")})
    return lines
