"""How much of the organization a member sees, so that an empty list is never read as "nothing is there"."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from foundation.texts.number_format import format_numbers
from networks.models import Profile
from organizations.models import Member
from organizations.queries.people import list_admins
from teams.access import max_verbs_of_role, profiles_for

MOST_GIVERS_NAMED = 3  # people who can give a right; more names help nobody

NONE_SEEN_WORDS = {
    "view": later("There are profiles here, but none that you may see."),
    "draft": later("There are profiles here, but none that you may write for."),
    "approve": later("There are profiles here, but none where you may approve."),
    "analyse": later("There are profiles here, but none whose numbers you may see."),
}
SOME_SEEN_WORDS = {
    "view": later("Only the profiles that you may see count here: %(seen)s of %(total)s."),
    "draft": later("Only the profiles that you may write for count here: %(seen)s of %(total)s."),
    "approve": later("Only the profiles where you may approve count here: %(seen)s of %(total)s."),
    "analyse": later("Only the profiles whose numbers you may see count here: %(seen)s of %(total)s."),
}


@dataclass(frozen=True, slots=True)
class ProfileVisibility:
    """With how many of the organization's profiles a member may do one verb."""

    verb: str
    seen: int
    total: int
    givers: tuple[str, ...]  # who could give more; empty where nothing is missing
    role_bars: bool  # no grant would count: the role only looks on
    connects: bool  # whether the member could connect a profile

    @property
    def none_there(self) -> bool:
        return self.total == 0

    @property
    def none_seen(self) -> bool:
        return self.seen == 0 < self.total

    @property
    def explanation(self) -> str:
        """What the reader is not shown, and who can change that; empty for who sees everything."""
        if self.none_there:
            return (
                ""
                if self.connects
                else _("No profile is connected yet. %s can connect the first one.") % self.giver_names
            )
        if self.seen == self.total:
            return ""
        words = (SOME_SEEN_WORDS if self.seen else NONE_SEEN_WORDS)[self.verb] % format_numbers(
            {"seen": self.seen, "total": self.total}
        )
        who = _("Your role only looks on; %s can change it.") if self.role_bars else _("%s can give you the right.")
        return f"{words} {who % self.giver_names}"

    @property
    def giver_names(self) -> str:
        *others, last = self.givers
        return _("%(names)s or %(last)s") % {"names": ", ".join(others), "last": last} if others else last


def visibility_of(member: Member, verb: str) -> ProfileVisibility:
    """In one query, and one more for the names where something is missing; an empty page has the time."""
    inside = Q(pk__in=profiles_for(member, to=verb).values("pk"))
    found = Profile.objects.aggregate(total=Count("pk"), seen=Count("pk", filter=inside))
    total, seen = found["total"], found["seen"]
    lacks = not member.is_admin and (seen < total or total == 0)
    admins = list_admins().order_by("-role", "pk")
    names = tuple(one.name for one in admins[:MOST_GIVERS_NAMED]) if lacks else ()
    return ProfileVisibility(
        verb, seen, total, names, verb not in max_verbs_of_role(member.role), connects=member.is_admin
    )
