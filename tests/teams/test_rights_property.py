"""Whatever people do to rights and teams, everything that tells of rights tells the same, and no leader outgrows theirs."""

from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client
from guardian.shortcuts import get_objects_for_user
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.errors import AppError
from inbox.queries.conversation_list import conversations_for
from networks.models import PROFILE_VERBS, Profile, ProfileUserObjectPermission
from organizations.actions.leaving import offboard_member
from organizations.actions.people import change_role
from organizations.models import Member, Role
from organizations.tenancy import scope
from teams.access import ROLE_VERBS, access_profile, has_verb_on, max_verbs_of_role, profiles_for, verbs_on
from teams.actions.grants import set_grants
from teams.actions.teams import change_team, create_team, dissolve_team
from teams.models import Team
from teams.queries.grant_reasons import explain_verbs, members_who_may
from teams.queries.matrix import MatrixQuery, build_matrix
from tests.cast import Cast
from tests.posts import create_post
from tests.rest.caller import caller

PEOPLE = ("olive", "lena", "ed", "priya", "ava", "cole", "ana", "vic")
verbs = st.lists(st.sampled_from(PROFILE_VERBS), max_size=3, unique=True)
some = st.lists(st.sampled_from(PEOPLE), max_size=3, unique=True)
who = st.sampled_from(PEOPLE)
leaders = st.sampled_from(("olive", "lena", "lena", "ava", "ed"))
profile = st.sampled_from(("x", "page"))
steps = st.one_of(
    st.tuples(st.just("grant"), leaders, who, profile, verbs),
    st.tuples(st.just("grant_team"), leaders, st.integers(0, 2), profile, verbs),
    st.tuples(st.just("people"), leaders, st.integers(0, 2), some),
    st.tuples(st.just("lead"), st.integers(0, 2), some),
    st.tuples(st.just("task"), st.integers(0, 2), st.lists(profile, max_size=2, unique=True)),
    st.tuples(st.just("found"), some, some, st.lists(profile, max_size=2, unique=True)),
    st.tuples(st.just("dissolve"), st.integers(0, 2)),
    st.tuples(st.just("role"), st.sampled_from(PEOPLE[1:]), st.sampled_from(Role.values[1:])),
    st.tuples(st.just("leave"), st.sampled_from(PEOPLE[2:])),
)
Held = dict[tuple[int, int], frozenset[str]]


@dataclass
class World:
    cast: Cast

    def member(self, name: str) -> Member | None:
        return Member.objects.select_related("user", "organization").filter(pk=getattr(self.cast, name).pk).first()

    def ids(self, names: list[str]) -> list[int]:
        return [one.pk for name in names if (one := self.member(name))]

    def team(self, number: int) -> Team | None:
        return next(iter(Team.objects.order_by("pk")[number : number + 1]), None)

    def act(self, kind: str, *given) -> Member:
        """Does one thing and returns who did it; raises AppError where it is refused."""
        olive = self.member("olive")
        assert olive
        doer = self.member(given[0]) if kind in ("grant", "grant_team", "people") else olive
        team = self.team(next((one for one in given if isinstance(one, int)), 0))
        if doer is None or (team is None and kind in ("grant_team", "people", "lead", "task", "dissolve")):
            return olive
        match kind, given:
            case "grant", (_, whom, where, wanted):
                set_grants(doer, getattr(self.cast, where), members={getattr(self.cast, whom).pk: wanted})
            case "grant_team", (_, _number, where, wanted):
                set_grants(doer, getattr(self.cast, where), teams={team.pk: wanted})
            case "people", (_, _number, names):
                change_team(doer, team, members=self.ids(names))
            case "lead", (_number, names):
                change_team(doer, team, leaders=self.ids(names))
            case "task", (_number, where):
                change_team(doer, team, profiles=[getattr(self.cast, one).pk for one in where])
            case "found", (leading, names, where):
                profiles = [getattr(self.cast, one).pk for one in where]
                name = f"Team {Team.objects.count()} {'-'.join(names)}"
                create_team(doer, name=name, leaders=self.ids(leading), members=self.ids(names), profiles=profiles)
            case "dissolve", _:
                dissolve_team(doer, team)
            case "role", (name, role) if member := self.member(name):
                change_role(doer, member, role=role)
            case "leave", (name,) if member := self.member(name):
                offboard_member(doer, member, successor=doer)
        return doer

    def held(self) -> Held:
        profiles = [self.cast.x.pk, self.cast.page.pk]
        return {
            (one.pk, pk): verbs
            for one in Member.objects.select_related("user")
            for pk, verbs in verbs_on(one, profiles).items()
        }


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(steps, min_size=1, max_size=8), looked_at=st.tuples(who, who))
def test_nothing_ever_differs_and_no_leader_outgrows_themselves(
    cast: Cast, plan: list[tuple], looked_at: tuple[str, str]
) -> None:
    with transaction.atomic(), scope(cast.acme):
        world = World(cast)
        for step in plan:
            before = world.held()
            try:
                with transaction.atomic():
                    doer = world.act(*step)
            except AppError:
                assert world.held() == before, step
            else:
                nobody_outgrew(doer, before, world.held())
        all_say_the_same(cast)
        for member in {world.member(name) for name in looked_at} - {None}:
            doors_and_pages_agree(member, [cast.x, cast.page])
        transaction.set_rollback(True)


def nobody_outgrew(doer: Member, before: Held, after: Held) -> None:
    """What a leader gives is something that the leader had."""
    if doer.is_admin:
        return
    for (member, where), verbs in after.items():
        grown = verbs - before.get((member, where), frozenset())
        assert grown <= before[doer.pk, where], (doer, member, where, grown)
        assert not (member == doer.pk and grown), "somebody gave rights to themselves"


def all_say_the_same(cast: Cast) -> None:
    profiles = [cast.x, cast.page]
    people = list(Member.objects.select_related("user", "organization"))
    cells = build_matrix(next(one for one in people if one.role == Role.OWNER), MatrixQuery()).cells
    holders = {(where, verb): set(members_who_may(where, verb)) for where in profiles for verb in PROFILE_VERBS}
    for one in people:
        table = verbs_on(one, [profile.pk for profile in profiles])
        listed = {verb: set(profiles_for(one, to=verb)) for verb in PROFILE_VERBS}
        for where in profiles:
            truth = {verb for verb in PROFILE_VERBS if where in listed[verb]}
            held = cells.get((one.pk, where.pk))
            assert table[where.pk] == truth == (held.verbs if held else set()), (one, where)
            assert {verb for verb in PROFILE_VERBS if one in holders[where, verb]} == truth
            assert {found.verb for found in explain_verbs(one, where) if found.can} == truth
    for gone in Member.ever.exclude(left_at=None).select_related("user"):
        assert not ProfileUserObjectPermission.objects.filter(user=gone.user_id).exists()
        assert not gone.user.groups.exists()
        assert not any(has_verb_on(gone, verb, cast.x.pk) for verb in PROFILE_VERBS)


def doors_and_pages_agree(one: Member, profiles: list[Profile]) -> None:
    table = verbs_on(one, [where.pk for where in profiles])
    for where in profiles:
        truth = table[where.pk]
        assert truth == {verb for verb in PROFILE_VERBS if has_verb_on(one, verb, where.pk)}
        assert truth == (guardian_says(one, where) | ROLE_VERBS[one.role]) & max_verbs_of_role(one.role)
        doors_agree(one, where, truth)
    pages_agree(one, table)


def guardian_says(one: Member, where: Profile) -> frozenset[str]:
    """The library's own answer, which we put into SQL ourselves."""
    rows = Profile.objects.all()
    found = {
        verb: get_objects_for_user(one.user, f"{verb}_profile", rows, with_superuser=False, accept_global_perms=False)
        for verb in PROFILE_VERBS
    }
    return frozenset(verb for verb, profiles in found.items() if where in profiles)


def doors_agree(one: Member, where: Profile, truth: frozenset[str]) -> None:
    """What actions and look-ups allow."""
    for verb in PROFILE_VERBS:
        try:
            access_profile(one, where.pk, to=verb)
        except AppError:
            assert verb not in truth or "view" not in truth
        else:
            assert verb in truth
    assert ("draft" in truth and "view" in truth) == writes(one, where)


def writes(one: Member, where: Profile) -> bool:
    try:
        with transaction.atomic():
            create_post(one, text="Bread", profiles=[where.pk])
            raise Undo
    except Undo:
        return True
    except AppError:
        return False


class Undo(Exception):
    pass


def pages_agree(one: Member, table: dict[int, frozenset[str]]) -> None:
    """What the lists of pages and REST show."""
    seen = {pk for pk, verbs in table.items() if "view" in verbs}
    shown = {row["id"]: row["can"] for row in caller(one).get("profiles/").json()["results"]}
    assert shown == {pk: sorted(table[pk]) for pk in seen}
    client = Client()
    client.force_login(one.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/o/acme/profiles/").content.decode()
    assert {pk for pk in table if f'id="profile-{pk}"' in page} == seen
    assert conversations_for(one).filter(profile__in=set(table) - seen).count() == 0
