"""Conversations of a leaving member, and who could take them."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox.access import conversations_for
from inbox.models import Conversation
from organizations.handover import Handover, Holding
from organizations.models import Member


def held_by(member: Member) -> QuerySet[Conversation]:
    """Closed ones too: they open again when somebody writes."""
    return Conversation.objects.filter(assignee=member)


def seen_by(taker: Member, member: Member) -> QuerySet[Conversation]:
    return conversations_for(taker).filter(assignee=member)


def holdings(handover: Handover) -> list[Holding]:
    taker = handover.chosen("conversations")
    held = held_by(handover.member).filter(state="open").count()
    unseen = held - seen_by(taker, handover.member).filter(state="open").count()
    fate = _("Passes to %s.") % taker.name
    if unseen:
        text = ngettext(
            "%(count)d is on a profile that %(name)s cannot see and goes to %(fallback)s.",
            "%(count)d are on profiles that %(name)s cannot see and go to %(fallback)s.",
            unseen,
        )
        other = text % {"count": unseen, "name": taker.name, "fallback": handover.fallback.name}
        fate = other if unseen == held else f"{fate} {other}"
    label = ngettext("%d open conversation", "%d open conversations", held) % held
    return [Holding("conversations", held, label, fate, passes=True)]
