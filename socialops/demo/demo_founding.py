"""Founds the demo organizations: people, practice profiles, teams and rights, all through the product's own actions."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.timezone import now

from networks.actions.profiles import connect_profile
from networks.manifest import DemoProfile
from networks.models import Profile
from networks.registry import manifests
from networks.sandbox.accounts import find_or_create_account
from organizations.actions.organizations import create_member, create_organization
from organizations.actors import System
from organizations.models import Member, Organization, User
from organizations.tenancy import scope
from socialops.demo import DEMO_PASSWORD, SIGN_INS
from teams.actions.grants import set_grants
from teams.actions.teams import create_team
from teams.levels import LEVELS
from teams.models import Team

SETUP_ACTOR = System("demo")
PROFILE_AGE = timedelta(days=120)  # how long the profiles have been around


@dataclass(frozen=True, slots=True)
class FoundedOrganization:
    """An organization with its people by first name, its profiles by handle and its teams by name."""

    organization: Organization
    people: dict[str, Member]
    profiles: dict[str, Profile]
    teams: dict[str, Team]


def create_northwind() -> FoundedOrganization:
    organization, people = create_demo_organization("northwind", "Northwind Outdoors", "Europe/Madrid")
    with scope(organization):
        profiles = connect_demo_profiles(organization)
        made = FoundedOrganization(organization, people, profiles, create_northwind_teams(people, profiles))
        grant_demo_rights(made)
    return made


def create_globex() -> FoundedOrganization:
    organization, people = create_demo_organization("globex", "Globex", "America/New_York")
    with scope(organization):
        return FoundedOrganization(organization, people, connect_demo_profiles(organization), {})


def create_demo_organization(slug: str, name: str, time_zone: str) -> tuple[Organization, dict[str, Member]]:
    owner, *others = [one for one in SIGN_INS if one.organization == slug]
    organization = create_organization(
        SETUP_ACTOR, name=name, slug=slug, owner_email=owner.email, owner_password=DEMO_PASSWORD, time_zone=time_zone
    )
    User.objects.filter(email=owner.email, name="").update(name=owner.name)
    with scope(organization):
        for one in others:
            create_member(
                SETUP_ACTOR, organization, email=one.email, role=one.role, password=DEMO_PASSWORD, name=one.name
            )
        members = Member.objects.select_related("user", "organization")
        return organization, {member.user.email.partition("@")[0]: member for member in members}


def connect_demo_profiles(organization: Organization) -> dict[str, Profile]:
    """By handle, in order."""
    return {one.handle: connect_demo_profile(network, one) for network, one in list_demo_profiles(organization.slug)}


def list_demo_profiles(slug: str) -> list[tuple[str, DemoProfile]]:
    """(network, what its manifest says) of each profile that a demo organization has."""
    found = [(known.network, one) for known in manifests() for one in known.demo if one.organization == slug]
    return sorted(found, key=lambda pair: pair[1].place)


def connect_demo_profile(network: str, one: DemoProfile) -> Profile:
    find_or_create_account(network, one.handle, name=one.name, is_audience=False, since=now() - PROFILE_AGE)
    return connect_profile(SETUP_ACTOR, network, {"sandbox": True, "handle": one.handle})


def create_northwind_teams(people: dict[str, Member], profiles: dict[str, Profile]) -> dict[str, Team]:
    tasked = {
        team: [profiles[one.handle].pk for _, one in list_demo_profiles("northwind") if team in one.teams]
        for team in ("Brand", "Care")
    }
    brand = create_team(
        SETUP_ACTOR,
        name="Brand",
        purpose="What Northwind says: posts, campaigns, tone.",
        leaders=[people["ava"].pk],
        members=[people[name].pk for name in ("ed", "priya", "ana")],
        profiles=tasked["Brand"],
    )
    care = create_team(
        SETUP_ACTOR,
        name="Care",
        purpose="Nobody waits for an answer.",
        leaders=[people["lena"].pk],
        members=[people[name].pk for name in ("cole", "priya")],
        profiles=tasked["Care"],
    )
    return {"Brand": brand, "Care": care}


def grant_demo_rights(made: FoundedOrganization) -> None:
    levels = {
        "lena": LEVELS["manager"],
        "priya": LEVELS["publisher"] | LEVELS["community"],
        "ed": LEVELS["contributor"],
        "ava": LEVELS["approver"],
        "ana": LEVELS["analyst"],
    }
    members = {made.people[name].pk: verbs for name, verbs in levels.items()}
    teams = {made.teams["Care"].pk: LEVELS["community"]}
    for profile in made.profiles.values():
        set_grants(SETUP_ACTOR, profile, members=members, teams=teams)
