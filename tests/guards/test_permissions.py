"""The whole model of rights as one table (permissions.txt): every role, level and verb at every page and call.

The addresses are walked from the URL tree, so that none can be forgotten: a new one fails here until its line is there.
What is answered is read too: nobody is shown a word of what they may not see, in no list, search, export or stream.
"""

import json
import logging
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from django.db import transaction
from django.template.base import Template

from inbox.models import Contact, Conversation
from networks.models import Profile
from organizations.models import ApiToken, AuditEntry
from organizations.rest.scopes import SCOPES, covers_scope, required_scope
from organizations.tenancy import scope
from socialops import shell_context
from socialops.stream import find_rights
from teams.actions.grants import set_grants
from teams.actions.levels import create_level
from teams.actions.teams import change_team
from teams.models import Task
from tests import builders
from tests.guards.permissions import (
    CASES,
    Case,
    Line,
    Somebody,
    address,
    body_of,
    embody,
    expected,
    people_of,
    routes,
    signed_in,
    table,
)
from tests.guards.test_urls import things as things
from tests.posts import create_post
from tests.rest.caller import Caller, caller

pytestmark = pytest.mark.usefixtures("bare_errors")
REFUSED = {401, 403, 404, 405}
PUBLIC, PRIVATE = "Xylograph", "Zymurgy"  # words of the profile and all that hangs on it, and of others' own things
HOW = (
    "Add a line to tests/guards/permissions.txt: method, path, and what one must hold for it, such as "
    "`POST posts/<int:pk>/boost/ publish`. Its head explains the words."
)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Without what the test client notes down of each template; what stands around every page is asked once for each."""
    asked, known = shell_context.list_banners, {}
    monkeypatch.setattr(shell_context, "profile_facts", cache(shell_context.profile_facts))
    monkeypatch.setattr(
        shell_context, "list_banners", lambda member, facts: known.setdefault(member.pk, asked(member, facts))
    )
    monkeypatch.setattr(Template, "_render", lambda template, context: template.nodelist.render(context))
    monkeypatch.setattr("socialops.stream.close_old_connections", lambda: None)  # the test's own would be closed
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def world(cast, things) -> dict[str, Any]:
    """Things of acme on the profile x that belong to nobody of the cases."""
    with scope(cast.acme):
        target = builders.member(cast.acme, "Target")
        change_team(cast.olive, cast.team, members=[*people_of(cast.team), target.pk])
        level = create_level(cast.olive, name="Poet", verbs=["draft"])
        looker = create_level(cast.olive, name="Looker", verbs=["view"])
        post = create_post(cast.ed, text=f"Bread of {PUBLIC}", profiles=[cast.x.pk])
        Profile.objects.filter(pk=cast.x.pk).update(name=PUBLIC, handle=PUBLIC.lower())
        cast.x.refresh_from_db()
        set_grants(cast.olive, cast.x, members={cast.ava.pk: ["view", "reply"]})  # the activity feed tells of it
        contact = Contact.objects.create(network="x", remote_id="7", name=f"Reader of {PUBLIC}")
        Conversation.objects.filter(pk=things["Conversation"]).update(contact=contact)
        Task.objects.update(title=PRIVATE)
        ApiToken.objects.update(name=PRIVATE)
    return {**things, "Level": level.pk, "View": looker.pk, "Post": post.pk, "target": target, "cast": cast}


@dataclass
class Answer:
    status: int
    changed: bool  # something was written down as done
    text: str


def call(line: Line, where: str, somebody: Somebody, body: dict[str, Any]) -> Answer:
    """What they are told and whether it had an effect; all of it is undone again."""
    with transaction.atomic():
        # unscoped: every organization's entries count here
        before = AuditEntry.unscoped.order_by("-pk").values_list("pk", flat=True).first() or 0
        if line.is_rest:
            answer = somebody.rest.call(line.method, where, None if line.method == "GET" else body)
        else:
            answer = somebody.client.get(where) if line.method == "GET" else somebody.client.post(where, body)
        changed = AuditEntry.unscoped.filter(pk__gt=before).exists()
        transaction.set_rollback(True)
    return Answer(answer.status_code, changed, text_of(answer))


def text_of(answer: Any) -> str:
    return b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()


def judge(line: Line, case: Case, answer: Answer) -> str:
    """What is wrong with this answer; empty when it is as the table says."""
    may, refusals = expected(line, case)
    if answer.status >= 500 or answer.status == 405:
        return f"answered {answer.status}"
    if wrong := misplaced(line, case, answer):
        return wrong
    if may:
        fine = answer.status not in REFUSED or (answer.status == 404 and line.need.endswith("~404"))
        return "" if fine else f"refused with {answer.status} what the table allows"
    if answer.changed:
        return f"changed something ({answer.status}) that the table forbids"
    if line.need.startswith("told:") and not case.left:
        return "" if answer.status != 404 or "view" not in case.held else "is not there"
    return "" if answer.status in refusals else f"answered {answer.status} instead of {refusals}"


def misplaced(line: Line, case: Case, answer: Answer) -> str:
    """Words that this reader may not read, or that a list should have for them and has not."""
    shown = not case.left and (line.lists or "view") in case.held
    if PUBLIC in answer.text and not shown and not case.sees:
        return "tells of a profile that they may not view"
    if PRIVATE in answer.text and not (case.is_admin and not case.left):
        return "tells of what belongs to somebody else"
    return "lacks what they may view" if line.lists and shown and PUBLIC not in answer.text else ""


def test_every_address_stands_in_the_table():
    told: dict[str, set[str]] = {}
    for line in table():
        told.setdefault(line.path.partition("?")[0], set()).add(line.method)
    there = dict(routes())
    missing = [path or "/" for path, methods in there.items() if path not in told or not methods <= told[path]]
    assert not missing, f"{missing}: {HOW}"
    gone = sorted(set(told) - set(there))
    assert not gone, f"tests/guards/permissions.txt tells of {gone}, which are no addresses any more: delete the lines."


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_everybody_gets_what_the_table_says(world, case):
    sam = embody(case, world)
    wrong = []
    for line in table():
        if problem := judge(line, case, call(line, address(line, world), sam, body_of(line, world))):
            wrong.append(f"{line.method} {line.path or '/'} ({line.need}) {problem}")
    shown = {row["id"]: row["can"] for row in sam.rest.get("profiles/").json().get("results", ())}
    assert shown.get(world["cast"].x.pk, []) == (sorted(case.held) if case.sees else [])
    assert not wrong, f"{case.name}:\n" + "\n".join(wrong)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_stream_tells_only_what_may_be_seen(world, case):
    sam, cast = embody(case, world), world["cast"]
    rights = find_rights(sam.client.session.session_key, "acme")
    assert (rights is None) == case.left
    if rights is None:
        return
    for topic, pk, profile, members, heard in (
        ("posts", world["Post"], cast.x.pk, None, world["Post"] if case.sees else None),
        ("inbox", world["Conversation"], cast.x.pk, None, world["Conversation"] if case.sees else None),
        ("profiles", cast.x.pk, None, None, cast.x.pk if case.sees else None),
        ("tasks", world["Task"], None, [cast.ed.pk], world["Task"] if case.is_admin else ""),
        ("tasks", world["Task"], None, [sam.member.pk], world["Task"]),
        ("notifications", cast.ed.pk, None, None, None),
        ("notifications", sam.member.pk, None, None, sam.member.pk),
        ("rights", "", None, None, ""),
    ):
        told = rights.heard({"topic": topic, "id": pk, "profile": profile, "members": members})
        assert (None if told is None else told["id"]) == heard, topic


def test_a_foreign_tenant_finds_nothing_anywhere(world):
    """Neither under acme's addresses nor, by acme's ids or words, in their own organization."""
    mallory = world["cast"].mallory
    stranger = Somebody(Case("foreign"), mallory, signed_in(mallory), caller(mallory))
    wrong = []
    for line in table():
        for where in {address(line, world), address(line, world).replace("/o/acme/", "/o/globex/")}:
            answer = call(line, where, stranger, body_of(line, world))
            by_id = "/o/acme/" in where or "(pk)" in line.path
            if by_id and (answer.changed or answer.status != 404):
                wrong.append(f"{line.method} {where} answered {answer.status}")
            if PUBLIC in answer.text or PRIVATE in answer.text:
                wrong.append(f"{line.method} {where} tells of acme")
    assert not wrong, "\n".join(wrong)
    assert find_rights(stranger.client.session.session_key, "acme") is None


def test_an_export_holds_what_its_organization_did_and_nothing_else(world):
    cast = world["cast"]
    for form in ("csv", "json"):
        own = text_of(signed_in(cast.olive).post("/o/acme/audit/export/", {"format": form}))
        foreign = text_of(signed_in(cast.mallory).post("/o/globex/audit/export/", {"format": form}))
        assert "Poet" in own
        assert "Globex" not in own
        assert "Poet" not in foreign
        assert "Acme" not in foreign


def test_nobody_gets_in_without_a_token(world):
    stranger = Caller("wrong")
    for line in table():
        if line.is_rest:
            assert stranger.call(line.method, address(line, world), None).status_code == 401, line


@pytest.mark.parametrize("held", SCOPES)
def test_a_token_opens_the_calls_of_its_scopes_and_no_other(world, held):
    """In the hand of an owner, so that nothing but the scope can be missing."""
    rest = caller(world["cast"].olive)
    ApiToken.unscoped.filter(digest=ApiToken.hash(rest.secret)).update(scopes=[held])
    wrong = []
    for line in table():
        if not line.is_rest:
            continue
        area = AREA_OF[line.path.split("/")[2]]
        with transaction.atomic():
            answer = rest.call(line.method, address(line, world), None)
            transaction.set_rollback(True)
        lacks = answer.status_code == 403 and "lacks the scope" in json.loads(answer.content)["detail"]
        if lacks == covers_scope([held], required_scope(area, line.method)):
            wrong.append(f"{line.method} {line.path} answered {answer.status_code}")
    assert not wrong, "\n".join(wrong)


AREA_OF = {
    "profiles": "teams",
    "levels": "teams",
    "teams": "teams",
    "tasks": "teams",
    "members": "people",
    "absences": "people",
    "invitations": "people",
    "media": "publishing",
    "posts": "publishing",
    "deliveries": "publishing",
    "pauses": "publishing",
    "conversations": "inbox",
    "analytics": "analytics",
}
