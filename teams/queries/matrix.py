"""Members by profiles: what each holds where, and through what. The same number of queries whatever the size."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from foundation.database.keyset import KeyPage, page_by_key
from foundation.texts.search import MatchesQuery, Parts
from networks.models import Profile
from organizations.models import Member, User
from teams.access import EVERY_VERB, ROLE_VERBS, is_outside_organization, max_verbs_of_role, profiles_for
from teams.models import Team, TeamMember
from teams.rights.grant_rows import Verbs, own_grants, team_grants, verbs_by

MEMBERS_PER_PAGE, PROFILES_PER_PAGE = 30, 20  # a page; more would make one that is slow to read and heavy to load
MEMBERS_BY_NAME = ("user__name", "user__email", "pk")
PROFILES_BY_NAME = ("name", "pk")

NO_VERBS: Verbs = frozenset()
CellKey = tuple[int, int]  # member id, profile id


@dataclass(frozen=True, slots=True)
class MatrixQuery:
    """What the reader asks for; keys are ids of rows at the edge of a page."""

    team: int | None = None
    network: str = ""
    q: str = ""
    members_after: int | None = None
    members_before: int | None = None
    profiles_after: int | None = None
    profiles_before: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    own: Verbs = NO_VERBS
    through: tuple[tuple[str, Verbs], ...] = ()  # team name, verbs
    role: Verbs = NO_VERBS
    most: Verbs = EVERY_VERB  # that the role can hold

    @property
    def granted(self) -> Verbs:
        """What is written down, whether the role lets it count or not."""
        return self.own.union(self.role, *(verbs for _name, verbs in self.through))

    @property
    def verbs(self) -> Verbs:
        return self.granted & self.most


@dataclass(frozen=True, slots=True)
class Matrix:
    members: KeyPage[Member]
    profiles: KeyPage[Profile]
    cells: Mapping[CellKey, Cell]


def build_matrix(reader: Member, wanted: MatrixQuery) -> Matrix:
    """A page of the members whose rights `reader` may look into, by a page of the profiles that they may view."""
    people, profiles = people_seen_by(reader), profiles_for(reader, to="view")
    if wanted.team:
        people = people.filter(pk__in=TeamMember.objects.filter(team=wanted.team).values("member"))
        profiles = profiles.filter(pk__in=Team.profiles.through.objects.filter(team=wanted.team).values("profile"))
    if wanted.network:
        profiles = profiles.filter(network=wanted.network)
    if wanted.q:
        people, profiles = narrow_by_text(people, profiles, wanted.q)
    rows = page_by_key(
        people, MEMBERS_BY_NAME, size=MEMBERS_PER_PAGE, after=wanted.members_after, before=wanted.members_before
    )
    columns = page_by_key(
        profiles, PROFILES_BY_NAME, size=PROFILES_PER_PAGE, after=wanted.profiles_after, before=wanted.profiles_before
    )
    return Matrix(rows, columns, build_cells(rows.rows, columns.rows))


def people_seen_by(reader: Member) -> QuerySet[Member]:
    """Admins and whoever manages a profile, and so may change anybody's rights on it, look into everybody's; leaders
    into their teams', each member into their own.
    """
    people = Member.objects.select_related("user")
    if reader.is_admin or profiles_for(reader, to="manage").exists():
        return people
    return people.filter(Q(pk=reader.pk) | Q(pk__in=members_led_by(reader)))


def members_led_by(reader: Member) -> QuerySet[TeamMember, Any]:
    """The ids of the members of the teams that `reader` leads."""
    teams = TeamMember.objects.filter(member=reader, leads=True).values("team")
    return TeamMember.objects.filter(team__in=teams).values("member")


def narrow_by_text(
    people: QuerySet[Member], profiles: QuerySet[Profile], q: str
) -> tuple[QuerySet[Member], QuerySet[Profile]]:
    """Narrows to the people and to the profiles that the text names; what it does not name at all stays whole."""
    named = people.filter(MatchesQuery(Parts("user__name", "user__email"), q))
    marked = profiles.filter(MatchesQuery(Parts("name", "handle"), q))
    some_people, some_profiles = named.exists(), marked.exists()
    if not some_people and not some_profiles:
        return people.none(), profiles.none()
    return named if some_people else people, marked if some_profiles else profiles


def build_cells(members: Iterable[Member], profiles: Iterable[Profile]) -> dict[CellKey, Cell]:
    """{(member id, profile id): what is held}, in four queries. Who holds nothing is left out."""
    people = [one for one in members if not is_outside_organization(one)]
    ids = [profile.pk for profile in profiles]
    users = {one.user_id: one.pk for one in people}
    rows = own_grants(user__in=users, content_object__in=ids)
    own = {(users[user], pk): verbs for (user, pk), verbs in verbs_by(rows, "user_id", "content_object_id").items()}
    through = inherited_by_cell(users, ids)
    found = {}
    for one in people:
        role = ROLE_VERBS[one.role]
        for profile in ids:
            at = (one.pk, profile)
            if role or at in own or at in through:
                found[at] = Cell(own.get(at, NO_VERBS), through.get(at, ()), role, max_verbs_of_role(one.role))
    return found


def inherited_by_cell(users: Mapping[int, int], profile_ids: list[int]) -> dict[CellKey, tuple[tuple[str, Verbs], ...]]:
    """What comes through teams. A team's group is what `can` asks, so it is what is asked here."""
    teams = dict(Team.objects.order_by("name").values_list("group_id", "name"))
    held: defaultdict[int, dict[int, Verbs]] = defaultdict(dict)
    rows = team_grants(group__in=teams, content_object__in=profile_ids)
    for (group, profile), verbs in verbs_by(rows, "group_id", "content_object_id").items():
        held[group][profile] = verbs
    found: defaultdict[CellKey, list[tuple[str, Verbs]]] = defaultdict(list)
    joined = User.groups.through.objects.filter(user_id__in=users, group_id__in=held)
    for user, group in joined.values_list("user_id", "group_id"):
        for profile, verbs in held[group].items():
            found[users[user], profile].append((teams[group], verbs))
    return {at: tuple(sorted(giving)) if len(giving) > 1 else tuple(giving) for at, giving in found.items()}
