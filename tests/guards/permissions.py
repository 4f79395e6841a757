"""The table of rights (permissions.txt) and the people whom it is tried on: every role, level and verb."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import get_resolver
from django.utils.timezone import now

from networks.models import PROFILE_VERBS
from organizations.actions.absences import plan_absence
from organizations.actions.leaving import offboard_member
from organizations.models import Member, Role
from organizations.tenancy import scope
from teams.access import ROLE_VERBS, max_verbs_of_role
from teams.actions.grants import set_grants
from teams.actions.levels import create_level
from teams.actions.teams import change_team, create_team
from teams.levels import LEVELS
from teams.models import Team, TeamMember
from tests import builders
from tests.guards.test_urls import ARGUMENT, GROUP, filled
from tests.rest.caller import Caller, caller
from tests.routes import walk

TABLE = Path(__file__).with_name("permissions.txt")
OWN = "o/<slug:slug>/"
OPEN = (
    "accounts/",
    "api/v1/schema/",
    "api/v1/docs/",
    "sandbox/",
    "hooks/",
    "readyz",
    "metrics",
    "favicon.ico",
    "join/",
    "session/",
)
KINDS = {"media": "Asset", "profiles": "Profile", "teams": "Team", "levels": "Level", "posts": "Post", "deliveries": "Delivery", "conversations": "Conversation", "pauses": "Pause", "tasks": "Task", "members": "Member", "absences": "Absence", "invitations": "Invitation"}  # fmt: skip
ALL = frozenset(PROFILE_VERBS)


@dataclass(frozen=True)
class Line:
    method: str
    path: str
    need: str
    lists: str = ""  # names the things of every profile with which one may do this

    @property
    def is_rest(self) -> bool:
        return self.path.startswith("api/v1/")


@dataclass(frozen=True)
class Case:
    """Somebody, and what they hold on the profile that everything hangs on."""

    name: str
    role: str = Role.MEMBER
    verbs: frozenset[str] = frozenset()
    way: str = "member"  # how they came by it: "member", "team", "level" (one of the organization's own)
    leads: bool = False
    elsewhere: bool = False  # everything, on another profile, whose team they lead
    deputy: bool = False  # of somebody who manages the profile
    left: bool = False

    @property
    def held(self) -> frozenset[str]:
        return (self.verbs | ROLE_VERBS[self.role]) & max_verbs_of_role(self.role)

    @property
    def is_admin(self) -> bool:
        return self.role in (Role.OWNER, Role.ADMIN)

    @property
    def sees(self) -> bool:
        return "view" in self.held and not self.left


@dataclass(frozen=True)
class Somebody:
    """A case come to life."""

    case: Case
    member: Member
    client: Client
    rest: Caller


CASES = (
    *[Case(role, role=role) for role in Role.values],
    *[Case(f"only {verb}", verbs=frozenset({"view", verb})) for verb in PROFILE_VERBS if {"view", verb} not in LEVELS.values()],
    *[Case(name, verbs=verbs, way=("member", "team")[number % 2]) for number, (name, verbs) in enumerate(LEVELS.items())],
    Case("own level", verbs=frozenset({"view", "draft", "reply"}), way="level"),
    Case("viewer in a team", role=Role.VIEWER, verbs=frozenset({"view", "draft", "publish"}), way="team"),
    Case("leader", verbs=frozenset({"view"}), leads=True),
    Case("manager elsewhere", elsewhere=True),
    Case("deputy", deputy=True),
    Case("off-boarded", verbs=ALL, left=True),
)  # fmt: skip


@cache
def table() -> tuple[Line, ...]:
    rows = [line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return tuple(line_of(*row) for row in rows)


def line_of(method: str, path: str, need: str, lists: str = "") -> Line:
    verb = (lists.partition(":")[2] or "view") if lists else ""
    return Line(method, "" if path == "/" else path, need, verb)


def routes() -> Iterator[tuple[str, set[str]]]:
    """Every address of ours as the table writes it, with its methods where they are known."""
    for path, one in walk(get_resolver().url_patterns):
        if path.startswith(OWN):
            yield path.removeprefix(OWN), set()
        elif path.startswith("api/v1/") and hasattr(one.callback, "actions"):
            yield GROUP.sub("(pk)", path), {method.upper() for method in one.callback.actions} - {"HEAD"}
        elif path and not path.startswith(OPEN):
            yield path, set()


def embody(case: Case, world: dict[str, Any]) -> Somebody:
    """Given what they hold by the product's own actions; `world["cast"]` names those who give it."""
    cast = world["cast"]
    with scope(cast.acme):
        sam = builders.member(cast.acme, "Sam", role=case.role)
        give(case, sam, cast)
        rest = caller(sam)
        if case.leads:
            change_team(cast.olive, cast.team, leaders=[cast.lena.pk, sam.pk], members=people_of(cast.team))
        if case.elsewhere:
            set_grants(cast.olive, cast.page, members={sam.pk: ALL})
            create_team(cast.olive, name="Elsewhere", leaders=[sam.pk], profiles=[cast.page.pk])
        if case.deputy:
            today = now().date()
            plan_absence(cast.olive, cast.lena, deputy=sam, first_day=today, last_day=today + timedelta(days=2))
        if case.left:
            offboard_member(cast.olive, sam, successor=cast.lena)
    return Somebody(case, sam, signed_in(sam), rest)


def give(case: Case, member: Member, cast: Any) -> None:
    if case.way == "team":
        team = create_team(cast.olive, name="Case", members=[member.pk], profiles=[cast.x.pk])
        set_grants(cast.olive, cast.x, teams={team.pk: case.verbs})
    elif case.way == "level":
        level = create_level(cast.olive, name="Case", verbs=case.verbs)
        given = {"cell": f"{member.pk}-{cast.x.pk}", "level": f"level-{level.pk}"}
        assert signed_in(cast.olive).post("/o/acme/teams/rights/", given).status_code == 302
    elif case.verbs:
        set_grants(cast.olive, cast.x, members={member.pk: case.verbs})


def people_of(team: Team) -> list[int]:
    return list(TeamMember.objects.filter(team=team).values_list("member_id", flat=True))


def signed_in(member: Member) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def address(line: Line, world: dict[str, Any]) -> str:
    if line.is_rest:
        kind = KINDS.get(line.path.split("/")[2], "")
        found = line.path.removeprefix("api/v1/").replace("(pk)", str(world.get(kind, "")))
        return found + (f"?verb=view&member={world['target'].pk}" if line.path.endswith("why/") else "")
    if "why/" in line.path:
        numbers = iter((str(world["target"].pk), str(world["cast"].x.pk)))
        return "/o/acme/" + ARGUMENT.sub(lambda _: next(numbers), line.path)
    if "levels/<" in line.path:
        return "/o/acme/" + ARGUMENT.sub(str(world["Level"]), line.path)
    return filled(OWN + line.path, world)


def body_of(line: Line, world: dict[str, Any]) -> dict[str, Any]:
    """What shows whether the right is there; other calls are judged before their body is read."""
    target, profile = world["target"].pk, world["cast"].x.pk
    return {
        "teams/rights/": {"cell": f"{target}-{profile}", "level": f"level-{world['View']}"},
        "profiles/<int:pk>/rights/": {"row": f"member-{target}", f"member-{target}": "view"},
        "profiles/<int:pk>/rights/add/": {"holder": f"member-{target}", "level": f"level-{world['View']}"},
        "profiles/<int:pk>/labels/": {"add": "Iberia"},
        "profiles/<int:pk>/policy/": {"needs_approval": "on"},
        "api/v1/profiles/(pk)/grants/": {"members": {str(target): ["view"]}},
        "api/v1/teams/": {"name": "Bakers"},
        "api/v1/levels/": {"name": "Baker", "verbs": ["draft"]},
        "api/v1/levels/(pk)/": {"name": "Baker"},
        "api/v1/members/(pk)/": {"role": "viewer"},
        "api/v1/invitations/": {"email": "new@acme.example"},
        "pauses/": {"of": f"profile:{profile}", "note": "Stop"},
        "api/v1/pauses/": {"scope": "profile", "profile": profile, "note": "Stop"},
        "api/v1/posts/": {"text": "Bread", "profiles": [profile]},
    }.get(line.path, {})


def expected(line: Line, case: Case) -> tuple[bool, set[int]]:
    """Whether they may, and what they get when they may not."""
    need = line.need.removeprefix("told:").partition("~")[0]
    if case.left:
        return False, {401} if line.is_rest else {404}
    if need == "anyone":
        return True, set()
    if need == "nobody":
        return False, {403, 404}
    if need == "owner":
        return case.role == Role.OWNER, {403}
    if case.is_admin:
        return True, set()
    if need in ("admin", "theirs"):
        return False, {404} if need == "theirs" else {403}
    if need == "lead":
        return case.leads, {403}
    if need.startswith("somewhere:"):
        return case.elsewhere or need.partition(":")[2] in case.held, {403}
    if "view" not in case.held:
        return False, {404} if line.path != "api/v1/posts/" else {400}  # a field that names nothing
    return any(one in case.held or (one == "leads" and case.leads) for one in need.split("|")), {403}
