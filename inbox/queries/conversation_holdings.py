"""Conversations of a leaving member, and who could take them."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.texts.number_format import format_number, format_numbers
from inbox.models import Conversation
from organizations.models import Member
from organizations.people.member_handover import Handover, Holding
from teams.access import profiles_for


def assigned_conversations(member: Member) -> QuerySet[Conversation]:
    """Closed ones too: they open again when somebody writes."""
    return Conversation.objects.filter(assignee=member)


def answerable_conversations(taker: Member, member: Member) -> QuerySet[Conversation]:
    return assigned_conversations(member).filter(profile__in=profiles_for(taker, to="reply"))


def list_conversation_holdings(handover: Handover) -> list[Holding]:
    taker = handover.chosen("conversations")
    held = assigned_conversations(handover.member).filter(state="open").count()
    barred = held - answerable_conversations(taker, handover.member).filter(state="open").count()
    fate = _("Passes to %s.") % taker.name
    if barred:
        text = ngettext(
            "%(count)s is on a profile where %(name)s may not answer and goes to %(fallback)s.",
            "%(count)s are on profiles where %(name)s may not answer and go to %(fallback)s.",
            barred,
        )
        other = text % format_numbers({"count": barred, "name": taker.name, "fallback": handover.fallback.name})
        fate = other if barred == held else f"{fate} {other}"
    label = ngettext("%s open conversation", "%s open conversations", held) % format_number(held)
    return [Holding("conversations", held, label, fate, passes=True)]
