"""Founds the demo organizations: people, practice profiles, teams and rights, all through the product's own actions."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.timezone import now

from networks.actions.profiles import connect_profile
from networks.manifest import DemoProfile
from networks.models import Profile
from networks.registry import manifests
from networks.sandbox.accounts import find_or_make
from organizations.actions.organizations import create_member, create_organization
from organizations.actors import System
from organizations.models import Member, Organization, User
from organizations.tenancy import scope
from socialops.demo import DEMO_PASSWORD, SIGN_INS
from teams.actions.grants import set_grants
from teams.actions.teams import create_team
from teams.levels import LEVELS
from teams.models import Team

SETUP = System("demo")
SINCE = timedelta(days=120)  # how long the profiles have been around


@dataclass(frozen=True, slots=True)
class Founded:
    """An organization with its people by first name, its profiles by handle and its teams by name."""

    organization: Organization
    people: dict[str, Member]
    profiles: dict[str, Profile]
    teams: dict[str, Team]


def found_northwind() -> Founded:
    organization, people = found("northwind", "Northwind Outdoors", "Europe/Madrid")
    with scope(organization):
        profiles = connect_demo(organization)
        made = Founded(organization, people, profiles, northwind_teams(people, profiles))
        give_rights(made)
    return made


def found_globex() -> Founded:
    organization, people = found("globex", "Globex", "America/New_York")
    with scope(organization):
        return Founded(organization, people, connect_demo(organization), {})


def found(slug: str, name: str, time_zone: str) -> tuple[Organization, dict[str, Member]]:
    owner, *others = [one for one in SIGN_INS if one.organization == slug]
    organization = create_organization(
        SETUP, name=name, slug=slug, owner_email=owner.email, owner_password=DEMO_PASSWORD, time_zone=time_zone
    )
    User.objects.filter(email=owner.email, name="").update(name=owner.name)
    with scope(organization):
        for one in others:
            create_member(SETUP, organization, email=one.email, role=one.role, password=DEMO_PASSWORD, name=one.name)
        members = Member.objects.select_related("user", "organization")
        return organization, {member.user.email.partition("@")[0]: member for member in members}


def connect_demo(organization: Organization) -> dict[str, Profile]:
    """By handle, in order."""
    return {one.handle: connected(network, one) for network, one in demo_profiles(organization.slug)}


def demo_profiles(slug: str) -> list[tuple[str, DemoProfile]]:
    """(network, what its manifest says) of each profile that a demo organization has."""
    found = [(known.network, one) for known in manifests() for one in known.demo if one.organization == slug]
    return sorted(found, key=lambda pair: pair[1].place)


def connected(network: str, one: DemoProfile) -> Profile:
    find_or_make(network, one.handle, name=one.name, is_audience=False, since=now() - SINCE)
    return connect_profile(SETUP, network, {"sandbox": True, "handle": one.handle})


def northwind_teams(people: dict[str, Member], profiles: dict[str, Profile]) -> dict[str, Team]:
    tasked = {
        team: [profiles[one.handle].pk for _, one in demo_profiles("northwind") if team in one.teams]
        for team in ("Brand", "Care")
    }
    brand = create_team(
        SETUP,
        name="Brand",
        purpose="What Northwind says: posts, campaigns, tone.",
        leaders=[people["ava"].pk],
        members=[people[name].pk for name in ("ed", "priya", "ana")],
        profiles=tasked["Brand"],
    )
    care = create_team(
        SETUP,
        name="Care",
        purpose="Nobody waits for an answer.",
        leaders=[people["lena"].pk],
        members=[people[name].pk for name in ("cole", "priya")],
        profiles=tasked["Care"],
    )
    return {"Brand": brand, "Care": care}


def give_rights(made: Founded) -> None:
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
        set_grants(SETUP, profile, members=members, teams=teams)
