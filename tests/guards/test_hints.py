"""Whatever the calls of the table announce to open pages names a thing only to those whom that thing's own door lets in."""

from collections.abc import Callable
from typing import Any

import pytest

from foundation.errors import NotFound
from foundation.processes import realtime
from inbox.access import access_conversation
from networks.models import Outgoing
from organizations.access import access_member
from organizations.models import Member, Role
from organizations.tenancy import scope
from publishing.access import access_post
from socialops.stream import Rights, find_rights
from teams.access import access_profile, access_team, profiles_for
from teams.member_tasks.task_access import access_task
from tests import builders
from tests.guards.permissions import Case, Somebody, address, body_of, signed_in, table
from tests.guards.test_permissions import call
from tests.guards.test_permissions import quick as quick
from tests.guards.test_permissions import world as world
from tests.guards.test_urls import things as things
from tests.rest.caller import caller

Door = Callable[[Member, Any], object]


def access_outgoing(member: Member, pk: int) -> Outgoing:
    found = Outgoing.objects.filter(pk=pk, profile__in=profiles_for(member, to="view")).first()
    if found is None:
        raise NotFound
    return found


def access_notices(member: Member, pk: int) -> Member:
    if member.pk != pk:
        raise NotFound
    return access_member(member, pk)


DOORS: dict[str, Door] = {
    "posts": lambda member, pk: access_post(member, pk, to="view"),
    "inbox": lambda member, pk: access_conversation(member, pk, to="view"),
    "tasks": access_task,
    "profiles": lambda member, pk: access_profile(member, pk, to="view"),
    "outgoing": access_outgoing,
    "notifications": access_notices,
    "teams": access_team,
}
FOR_ALL = {"levels"}  # every member may know which there are


@pytest.fixture
def announced(world, monkeypatch) -> list[dict[str, Any]]:
    """The hints of every call that changes something, made by an owner and undone again."""
    cast, found = world["cast"], []

    def ping(_organization, topic, pk="", *, profile_id=None, member_ids=None):
        found.append({"topic": topic, "id": pk, "profile": profile_id, "members": member_ids})

    monkeypatch.setattr(realtime, "ping", ping)
    olive = Somebody(Case("owner", role=Role.OWNER), cast.olive, signed_in(cast.olive), caller(cast.olive))
    for line in table():
        if line.method != "GET":
            call(line, address(line, world), olive, body_of(line, world))
    return found


def opens(door: Door, member: Member, pk: Any) -> bool:
    try:
        door(member, pk)
    except NotFound:
        return False
    return True


def rights(member: Member) -> Rights:
    found = find_rights(signed_in(member).session.session_key, "acme")
    assert found is not None
    return found


def test_each_hint_names_its_thing_to_those_alone_who_may_see_it(world, announced):
    cast = world["cast"]
    people = [cast.olive, cast.lena, cast.ed, cast.priya, cast.cole, cast.vic, builders.member(cast.acme, "Sam")]
    listeners = [(member, rights(member)) for member in people]
    wrong, named = [], set()
    with scope(cast.acme):
        for hint in announced:
            topic, pk = hint["topic"], hint["id"]
            if pk == "" or topic in FOR_ALL:
                continue
            door = DOORS[topic]  # a new topic that names things: say here which door they have
            for member, allowed in listeners:
                heard = allowed.heard(hint)
                tells = heard is not None and heard["id"] != ""
                named |= {topic} if tells else set()
                if tells and not opens(door, member, pk) and opens(door, cast.olive, pk):
                    wrong.append(f"{member.name} hears of {topic} {pk}")
    assert not wrong, "\n".join(wrong)
    assert {"posts", "inbox", "tasks", "profiles", "teams"} <= named
