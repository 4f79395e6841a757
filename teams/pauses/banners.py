"""What everybody reads who is touched by a pause."""

from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.texts.numbers import spelt_number
from organizations.models import Member
from teams.models.pause import HOLDS
from teams.pauses.pause_words import sentence
from teams.pauses.pausing import pauses_for, releasable

SHOWN = 3


def pause_banners(member: Member) -> list[dict[str, str]]:
    """One line for each of the newest pauses, with Release for those who may; one more for all others."""
    slug, at = member.organization.slug, now()
    everything = reverse("pauses:page", args=[slug])
    rows = list(pauses_for(member).filter(HOLDS).order_by("-pk")[: SHOWN + 1])
    may = releasable(member, rows)
    lines = []
    for row in rows[:SHOWN]:
        url = reverse("pauses:release", args=[slug, row.pk]) if row.pk in may else everything
        label = _("End the pause") if row.pk in may else _("All pauses")
        text = sentence(row, member.time_zone, at)
        lines.append({"kind": "danger", "text": text, "action_url": url, "action_label": label})
    if len(rows) > SHOWN:
        text = ngettext("There is more than %s pause.", "There are more than %s pauses.", SHOWN) % spelt_number(SHOWN)
        lines.append({"kind": "danger", "text": text, "action_url": everything, "action_label": _("All pauses")})
    return lines
