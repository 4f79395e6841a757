"""Conversations of a leaving member, and who could take them."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.texts.numbers import spelt_number, spelt_numbers
from inbox.models import Conversation
from organizations.models import Member
from organizations.people.handover import Handover, Holding
from teams.access import profiles_for


def held_by(member: Member) -> QuerySet[Conversation]:
    """Closed ones too: they open again when somebody writes."""
    return Conversation.objects.filter(assignee=member)


def answerable_by(taker: Member, member: Member) -> QuerySet[Conversation]:
    return held_by(member).filter(profile__in=profiles_for(taker, to="reply"))


def holdings(handover: Handover) -> list[Holding]:
    taker = handover.chosen("conversations")
    held = held_by(handover.member).filter(state="open").count()
    barred = held - answerable_by(taker, handover.member).filter(state="open").count()
    fate = _("Passes to %s.") % taker.name
    if barred:
        text = ngettext(
            "%(count)s is on a profile where %(name)s may not answer and goes to %(fallback)s.",
            "%(count)s are on profiles where %(name)s may not answer and go to %(fallback)s.",
            barred,
        )
        other = text % spelt_numbers({"count": barred, "name": taker.name, "fallback": handover.fallback.name})
        fate = other if barred == held else f"{fate} {other}"
    label = ngettext("%s open conversation", "%s open conversations", held) % spelt_number(held)
    return [Holding("conversations", held, label, fate, passes=True)]
