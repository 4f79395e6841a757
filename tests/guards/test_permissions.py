"""The whole model of rights as one table (permissions.txt): every role, level and verb at every page and call.

The addresses are walked from the URL tree, so that none can be forgotten: a new one fails here until its line is there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from networks.models import VERBS
from organizations.models import AuditEntry, Member, Role
from organizations.tenancy import scope
from publishing.actions.compose import create_post
from socialops.stream import rights_of
from teams.access import ROLE_VERBS
from teams.actions.grants import set_grants
from teams.actions.levels import create_level
from teams.actions.teams import change_team, create_team
from teams.levels import LEVELS
from teams.models import Team, TeamMember
from tests import builders
from tests.guards.test_urls import ARGUMENT, GROUP, filled
from tests.guards.test_urls import things as things
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
    "healthz",
    "readyz",
    "favicon.ico",
    "join/",
)
REFUSED = {401, 403, 404, 405}
KINDS = {"profiles": "Profile", "teams": "Team", "posts": "Post", "deliveries": "Delivery", "conversations": "Conversation", "tasks": "Task"}  # fmt: skip
HOW = (
    "Add a line to tests/guards/permissions.txt: method, path, and what one must hold for it, such as "
    "`POST posts/<int:pk>/boost/ publish`. Its head explains the words."
)


@dataclass(frozen=True)
class Line:
    method: str
    path: str
    need: str

    @property
    def is_rest(self) -> bool:
        return self.path.startswith("api/v1/")


@dataclass
class Case:
    """Somebody, and what they hold on the profile."""

    name: str
    role: str = Role.MEMBER
    verbs: frozenset[str] = frozenset()
    by_team: bool = False
    leads: bool = False
    member: Member | None = field(default=None, repr=False)

    @property
    def held(self) -> frozenset[str]:
        return self.verbs | ROLE_VERBS[self.role]

    @property
    def is_admin(self) -> bool:
        return self.role in (Role.OWNER, Role.ADMIN)


CASES = (
    *[Case(role, role=role) for role in Role.values],
    *[Case(f"only {verb}", verbs=frozenset({"view", verb})) for verb in VERBS],
    *[Case(name, verbs=verbs, by_team=number % 2 == 1) for number, (name, verbs) in enumerate(LEVELS.items())],
    Case("leader", verbs=frozenset({"view"}), leads=True),
)


@cache
def table() -> tuple[Line, ...]:
    rows = [line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return tuple(Line(method, "" if path == "/" else path, need) for method, path, need in rows)


def routes() -> Iterator[tuple[str, set[str]]]:
    """Every address of ours as the table writes it, with its methods where they are known."""
    for path, one in walk(get_resolver().url_patterns):
        if path.startswith(OWN):
            yield path.removeprefix(OWN), set()
        elif path.startswith("api/v1/") and hasattr(one.callback, "actions"):
            yield GROUP.sub("(pk)", path), {method.upper() for method in one.callback.actions} - {"HEAD"}
        elif path and not path.startswith(OPEN):
            yield path, set()


def test_every_address_stands_in_the_table():
    told: dict[str, set[str]] = {}
    for line in table():
        told.setdefault(line.path, set()).add(line.method)
    there = dict(routes())
    missing = [path or "/" for path, methods in there.items() if path not in told or not methods <= told[path]]
    assert not missing, f"{missing}: {HOW}"
    gone = sorted(set(told) - set(there))
    assert not gone, f"tests/guards/permissions.txt tells of {gone}, which are no addresses any more: delete the lines."


@pytest.fixture
def world(cast, things) -> dict[str, Any]:
    """Things of acme on the profile x that belong to nobody of the cases."""
    with scope(cast.acme):
        target = builders.member(cast.acme, "Target")
        change_team(cast.olive, cast.team, members=[*people_of(cast.team), target.pk])
        level = create_level(cast.olive, name="Poet", verbs=["draft"])
        post = create_post(cast.ed, text="Bread", profiles=[cast.x.pk])
    return {**things, "Level": level.pk, "Post": post.pk, "target": target, "cast": cast}


def people_of(team: Team) -> list[int]:
    return list(TeamMember.objects.filter(team=team).values_list("member_id", flat=True))


def embody(case: Case, world: dict[str, Any]) -> Case:
    cast = world["cast"]
    made = Case(case.name, case.role, case.verbs, case.by_team, case.leads)
    with scope(cast.acme):
        made.member = builders.member(cast.acme, "Sam", role=case.role)
        if case.by_team:
            team = create_team(cast.olive, name="Case", members=[made.member.pk], profiles=[cast.x.pk])
            set_grants(cast.olive, cast.x, teams={team.pk: case.verbs})
        elif case.verbs:
            set_grants(cast.olive, cast.x, members={made.member.pk: case.verbs})
        if case.leads:
            change_team(cast.olive, cast.team, leaders=[cast.lena.pk, made.member.pk], members=people_of(cast.team))
    return made


def body_of(line: Line, world: dict[str, Any]) -> dict[str, Any]:
    """What shows whether the right is there; other calls are judged before their body is read."""
    target, profile = world["target"].pk, world["cast"].x.pk
    return {
        "teams/rights/": {"cell": f"{target}-{profile}", "level": f"level-{world['View']}"},
        "profiles/<int:pk>/rights/": {"row": f"member-{target}", f"member-{target}": "view"},
        "profiles/<int:pk>/rights/add/": {"holder": f"member-{target}", "level": f"level-{world['View']}"},
        "api/v1/profiles/(pk)/grants/": {"members": {str(target): ["view"]}},
        "api/v1/teams/": {"name": "Bakers"},
        "api/v1/posts/": {"text": "Bread", "profiles": [profile]},
    }.get(line.path, {})


def address(line: Line, world: dict[str, Any]) -> str:
    if line.is_rest:
        kind = KINDS.get(line.path.split("/")[2], "")
        found = line.path.removeprefix("api/v1/").replace("(pk)", str(world.get(kind, "")))
        return found + (f"?verb=view&member={world['target'].pk}" if line.path.endswith("why/") else "")
    if "why/" in line.path:
        return f"/o/acme/teams/rights/why/{world['target'].pk}/{world['cast'].x.pk}/"
    if "levels/<" in line.path:
        return "/o/acme/" + ARGUMENT.sub(str(world["Level"]), line.path)
    return filled(OWN + line.path, world)


def expected(line: Line, case: Case) -> tuple[bool, set[int]]:
    """Whether they may, and what they get when they may not."""
    need = line.need.removeprefix("told:").partition("~")[0]
    if need == "anyone":
        return True, set()
    if need == "nobody":
        return False, {403, 404}
    if case.is_admin:
        return True, set()
    if need in ("admin", "theirs"):
        return False, {404} if need == "theirs" else {403}
    if need == "lead":
        return case.leads, {403}
    if need.startswith("somewhere:"):
        return need.partition(":")[2] in case.held, {403}
    if "view" not in case.held:
        return False, {404} if line.path != "api/v1/posts/" else {400}  # a field that names nothing
    return any(one in case.held or (one == "leads" and case.leads) for one in need.split("|")), {403}


def judge(line: Line, case: Case, status: int, changed: bool) -> str:
    """What is wrong with this answer; empty when it is as the table says."""
    may, refusals = expected(line, case)
    if status >= 500 or status == 405:
        return f"answered {status}"
    if may:
        fine = status not in REFUSED or (status == 404 and line.need.endswith("~404"))
        return "" if fine else f"refused with {status} what the table allows"
    if changed:
        return f"changed something ({status}) that the table forbids"
    if line.need.startswith("told:"):
        return "" if status != 404 or "view" not in case.held else "is not there"
    return "" if status in refusals else f"answered {status} instead of {refusals}"


def call(line: Line, where: str, client: Client, rest: Caller, body: dict[str, Any]) -> tuple[int, bool]:
    """The status, and whether anything was written down as done; all of it is undone again."""
    with transaction.atomic():
        # unscoped: every organization's entries count here
        before = AuditEntry.unscoped.order_by("-pk").values_list("pk", flat=True).first() or 0
        if line.is_rest:
            answer = rest.call(line.method, where, None if line.method == "GET" else body)
        else:
            answer = client.get(where) if line.method == "GET" else client.post(where, body)
        changed = AuditEntry.unscoped.filter(pk__gt=before).exists()
        transaction.set_rollback(True)
    return answer.status_code, changed


def signed_in(member: Member) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def ready(world) -> dict[str, Any]:
    with scope(world["cast"].acme):
        world["View"] = create_level(world["cast"].olive, name="Looker", verbs=["view"]).pk
    return world


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_everybody_gets_what_the_table_says(ready, case):
    made = embody(case, ready)
    client, rest = signed_in(made.member), caller(made.member)
    wrong = []
    for line in table():
        status, changed = call(line, address(line, ready), client, rest, body_of(line, ready))
        if problem := judge(line, made, status, changed):
            wrong.append(f"{line.method} {line.path or '/'} ({line.need}) {problem}")
    assert not wrong, f"{case.name}:\n" + "\n".join(wrong)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_lists_search_and_stream_tell_only_what_may_be_seen(ready, case, monkeypatch):
    monkeypatch.setattr("socialops.stream.close_old_connections", lambda: None)  # the test's own would be closed
    made = embody(case, ready)
    sees, cast = "view" in made.held, ready["cast"]
    client, rest = signed_in(made.member), caller(made.member)
    assert bool(rest.get("posts/").json()["results"]) == sees
    assert bool(rest.get("deliveries/").json()["results"]) == sees
    for path in ("conversations/", "conversations/?q=Hi", f"conversations/?profile={cast.x.pk}"):
        assert bool(rest.get(path).json()["results"]) == sees, path
    assert (f"/posts/{ready['Post']}/" in client.get("/o/acme/posts/?q=Bread").content.decode()) == sees
    assert (f"/inbox/{ready['Conversation']}/" in client.get("/o/acme/inbox/rows/?q=Hi").content.decode()) == sees
    shown = {row["id"]: row["can"] for row in rest.get("profiles/").json()["results"]}
    assert shown.get(cast.x.pk, []) == (sorted(made.held) if sees else [])
    heard = rights_of(client.session.session_key, "acme")
    assert heard is not None
    assert heard.allow({"topic": "posts", "id": 1, "profile": cast.x.pk}) == sees


def test_a_foreign_tenant_finds_nothing_anywhere(ready, monkeypatch):
    monkeypatch.setattr("socialops.stream.close_old_connections", lambda: None)
    mallory = ready["cast"].mallory
    client, rest = signed_in(mallory), caller(mallory)
    wrong = []
    for line in table():
        where = address(line, ready)
        status, changed = call(line, where, client, rest, body_of(line, ready))
        by_id = not line.is_rest or "(pk)" in line.path
        if (changed and by_id) or (by_id and status != 404):
            wrong.append(f"{line.method} {line.path} answered {status}")
        elif line.is_rest and line.method == "GET" and status == 200 and "analytics" not in line.path:
            names = {"acme", "Bread", "Care"} & set(re.findall(r"\w+", rest.get(where).content.decode()))
            wrong += [f"{line.path} tells of {names}"] if names else []
    assert not wrong, "\n".join(wrong)
    assert rights_of(client.session.session_key, "acme") is None


def test_nobody_gets_in_without_a_token(ready):
    stranger = Caller("wrong")
    for line in table():
        if line.is_rest:
            assert stranger.call(line.method, address(line, ready), None).status_code == 401, line
