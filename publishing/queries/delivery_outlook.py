"""What is known of a row of the outbox and what happens next, in plain words. Pure."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from foundation.texts.number_format import format_number
from networks.models import Outgoing
from networks.queries.queue import OVERDUE_AFTER
from networks.readiness import HOLDS
from networks.registry import adapter_class

LEAVES_ON_RECONNECT = later("It leaves when the profile is connected again, unless you cancel it.")


@dataclass(frozen=True, slots=True)
class Outlook:
    """`next` ends in a colon where `at` follows; `late` where nothing known holds it; `idle` where it waits for nothing
    but its time."""

    known: str
    next: str = ""
    at: datetime | None = None
    late: bool = False
    hold: str = ""
    idle: bool = False

    @property
    def sentence(self) -> str:
        """All of it in one text, for those to whom the time is told apart."""
        then = f"{self.next[:-1]}." if self.next.endswith(":") else self.next
        return f"{self.known} {then}".strip()


@dataclass(frozen=True, slots=True)
class Situation:
    """What beside the row itself says when it leaves, as `networks.queries.queue` annotates it."""

    hold: str = ""  # a word of HOLDS, or nothing
    refusal: str = ""  # what its network says to that
    limited_until: datetime | None = None
    behind: bool = False  # another one of its profile is leaving
    returns: bool = False  # it leaves when its profile is connected again


def build_outlook(row: Outgoing, situation: Situation, now: datetime) -> Outlook:
    if row.state == "waiting":
        return outlook_of_held(row, situation) if situation.hold else outlook_of_waiting(row, situation.behind, now)
    if row.state == "sending":
        return outlook_of_sending(row, now)
    if row.state == "unknown":
        return outlook_of_unknown(row, now)
    if row.state == "failed":
        return Outlook(
            row.reason or _("It was not sent."),
            str(LEAVES_ON_RECONNECT) if situation.returns else _("Nothing more happens by itself."),
        )
    return Outlook("")


def outlook_of_held(row: Outgoing, situation: Situation) -> Outlook:
    hold = situation.hold
    words = {"network": adapter_class(row.profile.network).label}
    reason = {"disconnected": row.profile.state_reason, "too_late": row.reason, "chain": row.reason}.get(hold)
    if hold == "refused":
        reason = situation.refusal
    elif hold == "limit" and row.due_at == row.profile.held_until:
        reason = row.reason  # the others of its profile wait because of this one
    until = situation.limited_until if hold == "limit" else None
    return Outlook(reason or HOLDS[hold].why % words, str(HOLDS[hold].then), until, hold=hold)


def outlook_of_waiting(row: Outgoing, behind: bool, now: datetime) -> Outlook:
    known = row.reason or _("Nothing has been tried yet.")
    if row.due_at > now:
        then = _("It is tried again:") if row.attempt_count else _("It leaves:")
        return Outlook(known, then, row.due_at, idle=not row.reason)
    if behind:
        return Outlook(known, _("It leaves after the one that is on its way on this profile."))
    if now - row.due_at > OVERDUE_AFTER:
        why = _("Nothing holds it, and yet it has not left: the background processes do not keep up.")
        return Outlook(why, _("It leaves as soon as they do; an admin can look into it."), late=True)
    return Outlook(known, _("It leaves in a moment."))


def outlook_of_sending(row: Outgoing, now: datetime) -> Outlook:
    if row.lease_until and row.lease_until < now:
        return Outlook(_("Whoever was sending it is gone."), _("It is looked for on the profile in a moment."))
    known = (
        _("It is on its way.")
        if row.attempt_count < 2
        else _("It is on its way, try %s.") % format_number(row.attempt_count)
    )
    return Outlook(known, _("Without an answer within half a minute it is looked for on the profile."))


def outlook_of_unknown(row: Outgoing, now: datetime) -> Outlook:
    known = row.reason or _("There was no clear answer: it may be there.")
    if row.needs_person:
        return Outlook(known, _("Nothing is sent until somebody has looked on the profile."))
    if row.due_at > now:
        return Outlook(known, _("It is looked for again on the profile:"), row.due_at)
    return Outlook(known, _("It is being looked for on the profile."))
