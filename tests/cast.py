"""The people in the tests. acme: Olive owner, Lena team leader, Ed contributor, Priya publisher, Ava approver, Cole
community on one profile only, Ana analyst, Vic viewer. globex: Mallory, who must see nothing of acme."""

from dataclasses import dataclass

from networks.models import Profile
from organizations.models import Member, Organization, Role
from organizations.tenancy import scope
from teams.actions.grants import set_grants
from teams.actions.teams import create_team
from teams.levels import LEVELS
from teams.models import Team
from tests import builders


@dataclass(frozen=True)
class Cast:
    acme: Organization
    globex: Organization
    olive: Member
    lena: Member
    ed: Member
    priya: Member
    ava: Member
    cole: Member
    ana: Member
    vic: Member
    mallory: Member
    x: Profile
    page: Profile
    theirs: Profile  # globex's only profile
    team: Team


def assemble() -> Cast:
    acme = builders.organization("acme")
    globex = builders.organization("globex", owner="mallory")
    people = {name: builders.member(acme, name.capitalize()) for name in ("lena", "ed", "priya", "ava", "cole", "ana")}
    vic = builders.member(acme, "Vic", role=Role.VIEWER)
    x = builders.profile(acme, "x", handle="acme")
    page = builders.profile(acme, "facebook", handle="acmepage")
    theirs = builders.profile(globex, "x", handle="globex")
    with scope(globex):
        mallory = Member.objects.get(role=Role.OWNER)
    with scope(acme):
        olive = Member.objects.get(role=Role.OWNER)
        levels = {"lena": "manager", "ed": "contributor", "priya": "publisher", "ava": "approver", "ana": "analyst"}
        for made in (x, page):
            set_grants(olive, made, members={people[name].pk: LEVELS[level] for name, level in levels.items()})
        set_grants(olive, x, members={people["cole"].pk: LEVELS["community"]})
        team = create_team(
            olive,
            name="Care",
            leaders=[people["lena"].pk],
            members=[people[name].pk for name in ("cole", "priya", "ed")],
            profiles=[x.pk, page.pk],
        )
    return Cast(acme, globex, olive, **people, vic=vic, mallory=mallory, x=x, page=page, theirs=theirs, team=team)
