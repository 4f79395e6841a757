"""What a member belongs to and holds: what would end or pass when they leave, and what a deputy lacks."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.texts.number_format import format_number
from networks.models import PROFILE_VERBS, Profile
from networks.registry import adapter_class
from organizations.models import Member
from organizations.people.member_handover import Handover, Holding
from teams.access import profiles_for, verbs_on
from teams.models import TeamMember
from teams.rights.grant_rows import own_grants
from teams.rights.verb_words import VERB_WORDS

MOST_GAPS = 12


def list_team_holdings(handover: Handover) -> list[Holding]:
    member, taker = handover.member, handover.taker("teams")
    leads = list(TeamMember.objects.filter(member=member).values_list("leads", flat=True))
    led = sum(leads)
    own = own_grants(user=member.user_id, content_object__organization=member.organization_id)
    profiles = own.values("content_object").distinct().count()
    return [
        Holding(
            "teams",
            led,
            ngettext("%s team that they lead", "%s teams that they lead", led) % format_number(led),
            _("%s leads from then on and gets the rights of the team.") % taker.name,
            passes=True,
        ),
        Holding(
            "memberships",
            len(leads),
            ngettext("%s team that they are in", "%s teams that they are in", len(leads)) % format_number(len(leads)),
            _("The membership ends, with every right that came through it."),
            passes=False,
        ),
        Holding(
            "grants",
            profiles,
            ngettext("Rights on %s profile", "Rights on %s profiles", profiles) % format_number(profiles),
            _("Ends at once."),
            passes=False,
        ),
    ]


def list_deputy_gaps(member: Member, deputy: Member) -> list[str]:
    """What the member may do and the deputy may not, one sentence per profile."""
    visible = profiles_for(member, to="view") | profiles_for(member, to="analyse")
    profiles = list(visible.distinct().order_by("name", "pk")[: 10 * MOST_GAPS])
    ids = [profile.pk for profile in profiles]
    member_verbs, own = verbs_on(member, ids), verbs_on(deputy, ids)
    missing = [(profile, member_verbs[profile.pk] - own[profile.pk]) for profile in profiles]
    found = [gap_sentence(profile, verbs) for profile, verbs in missing if verbs]
    more = len(found) - MOST_GAPS
    if more > 0:
        return [
            *found[:MOST_GAPS],
            ngettext("And on %s more profile.", "And on %s more profiles.", more) % format_number(more),
        ]
    return found


def gap_sentence(profile: Profile, verbs: frozenset[str]) -> str:
    words = ", ".join(str(VERB_WORDS[verb]) for verb in PROFILE_VERBS if verb in verbs)
    return _("%(profile)s (%(network)s): not %(verbs)s") % {
        "profile": profile.name,
        "network": adapter_class(profile.network).label,
        "verbs": words.lower(),
    }
