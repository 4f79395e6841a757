"""What would happen if a member were off-boarded: the floors above say what they hold. Changes nothing."""

from organizations.models import Member, Role
from organizations.people.member_handover import Handover, Holding
from organizations.signals import gaps_asked, holdings_asked


def holdings_of(handover: Handover) -> list[Holding]:
    """Only what there is, what passes to somebody first."""
    found: list[Holding] = []
    for holdings in holdings_asked.ask(Member, handover=handover):
        found.extend(holding for holding in holdings if holding.count)
    return sorted(found, key=lambda holding: not holding.passes)


def gaps_between(member: Member, deputy: Member) -> list[str]:
    """What the member may do and the deputy may not, in sentences."""
    return [sentence for found in gaps_asked.ask(Member, member=member, deputy=deputy) for sentence in found]


def is_last_owner(member: Member) -> bool:
    if member.role != Role.OWNER:
        return False
    return not Member.objects.filter(role=Role.OWNER).exclude(pk=member.pk).exists()
