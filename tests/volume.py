"""A large organization made quickly, in bulk: what the pages say of it is what actions would have stored."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import Group, Permission
from django.utils.timezone import now

from inbox.models import Contact, Conversation
from networks.models import Profile, ProfileGroupObjectPermission, ProfileUserObjectPermission
from organizations.models import Member, Organization, User
from organizations.tenancy import scope
from teams.levels import LEVELS
from teams.models import Team, TeamMember
from tests import builders

LEVEL_NAMES = tuple(LEVELS)


@dataclass(frozen=True)
class Large:
    organization: Organization
    owner: Member
    leader: Member  # of every team
    member: Member  # of the first team
    profiles: list[Profile]


def large(slug: str, *, profiles: int, members: int, teams: int = 10, conversations: int = 1) -> Large:
    """`profiles` × `members` (the owner is one of them), each member with a level on every fifth profile."""
    organization = builders.organization(slug, owner=f"{slug}-owner")
    with scope(organization):
        people = made_members(organization, members - 1)
        rows = made_profiles(organization, profiles)
        grant_levels(people, rows)
        made_teams(organization, people, rows, min(teams, len(people)))
        made_conversations(organization, rows, conversations)
        owner = Member.objects.select_related("user", "organization").get(role="owner")
        leader, member = (one_of(people[index]) for index in (0, len(people) - 1))
    return Large(organization, owner, leader, member, rows)


def one_of(member: Member) -> Member:
    return Member.objects.select_related("user", "organization").get(pk=member.pk)


def made_members(organization: Organization, count: int) -> list[Member]:
    users = User.objects.bulk_create(
        User(email=f"p{number}@{organization.slug}.example", name=f"Person {number:04}", password="!")
        for number in range(count)
    )
    return Member.objects.bulk_create(Member(organization=organization, user=user) for user in users)


def made_profiles(organization: Organization, count: int) -> list[Profile]:
    networks = ("x", "facebook")
    return Profile.objects.bulk_create(
        Profile(
            organization=organization,
            network=networks[number % 2],
            remote_id=f"{organization.slug}-{number}",
            name=f"Shop {number:04}",
            handle=f"{organization.slug}{number}",
        )
        for number in range(count)
    )


def permissions() -> dict[str, int]:
    found = Permission.objects.filter(content_type__app_label="networks", content_type__model="profile")
    return {codename.removesuffix("_profile"): pk for codename, pk in found.values_list("codename", "pk")}


def grant_levels(people: list[Member], profiles: list[Profile]) -> None:
    ids = permissions()
    ProfileUserObjectPermission.objects.bulk_create(
        (
            ProfileUserObjectPermission(user_id=one.user_id, content_object=profile, permission_id=ids[verb])
            for row, one in enumerate(people)
            for column, profile in enumerate(profiles)
            if (row + column) % 5 == 0
            for verb in LEVELS[LEVEL_NAMES[(row * 7 + column) % len(LEVEL_NAMES)]]
        ),
        batch_size=10_000,
    )


def made_teams(organization: Organization, people: list[Member], profiles: list[Profile], count: int) -> None:
    ids = permissions()
    groups = Group.objects.bulk_create(Group(name=str(uuid.uuid4())) for _ in range(count))
    teams = Team.objects.bulk_create(
        Team(organization=organization, name=f"Team {number}", group=group) for number, group in enumerate(groups)
    )
    for number, team in enumerate(teams):
        joined, tasked = {people[0], *people[number::count]}, profiles[number::count]
        TeamMember.objects.bulk_create(
            TeamMember(organization=organization, team=team, member=one, leads=one == people[0]) for one in joined
        )
        team.group.user_set.add(*(one.user_id for one in joined))
        team.profiles.set(tasked)
        ProfileGroupObjectPermission.objects.bulk_create(
            ProfileGroupObjectPermission(group=team.group, content_object=profile, permission_id=ids[verb])
            for profile in tasked
            for verb in LEVELS["community"]
        )


def made_conversations(organization: Organization, profiles: list[Profile], each: int) -> None:
    """A page full of them even where profiles are few, so that what is compared is the filter and not the page."""
    start, total = now(), max(60, len(profiles) * each)
    contacts = Contact.objects.bulk_create(
        Contact(
            organization=organization, network=one.network, remote_id=f"{organization.slug}{number}", name=f"C{number}"
        )
        for number in range(total)
        if (one := profiles[number % len(profiles)])
    )
    Conversation.objects.bulk_create(
        Conversation(
            organization=organization,
            profile=profiles[number % len(profiles)],
            contact=contacts[number],
            kind="direct",
            root_id=f"{number}",
            last_message_at=start - timedelta(minutes=number),
        )
        for number in range(total)
    )
