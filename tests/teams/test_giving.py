"""Who gives whom which rights, rule by rule and from both sides, what is written down of it and who is told."""

import pytest
from django.db import transaction

from foundation.errors import Conflict, Invalid, NotFound, PermissionDenied
from networks.actions.policy import set_needs_approval
from networks.models import PROFILE_VERBS, Profile, ProfileUserObjectPermission
from organizations.actors import System
from organizations.models import AuditEntry, Role
from organizations.tenancy import scope
from teams.access import (
    EVERY_VERB,
    LOOKING_VERBS,
    access_level,
    access_profile,
    access_team,
    has_verb_on,
    is_leader_of,
    max_verbs_of_role,
    profiles_for,
    roles_that_can,
    verbs_on,
)
from teams.actions.grants import RefusedGrant, end_team_grants, holder_key, set_grants, set_many_grants
from teams.actions.teams import change_team, create_team
from teams.models import Team
from teams.rights.grant_policy import Giver, giver_on, managers_of, require_may_add
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("in_acme")

NOT_HELD = "You cannot give or take what you do not hold yourself."
NOT_LED = "You can only do this for people of a team you lead, with the profiles of that team."
OWN = "You cannot change your own rights. An admin can."
ABOVE = "Only an owner or admin can change the rights of an owner or admin."
MANAGES = "They manage this profile. Only somebody else who does, or an admin, can change that."


@pytest.fixture
def led(cast: Cast) -> Cast:
    """Priya, a publisher, leads Care too. Lena manages; Oven has nothing to do with either profile."""
    change_team(cast.olive, cast.team, leaders=[cast.lena.pk, cast.priya.pk])
    create_team(cast.olive, name="Oven", leaders=[cast.priya.pk], members=[cast.ana.pk])
    return cast


def holder_of(cast: Cast, name: str):
    return Team.objects.get(name=name) if name.istitle() else getattr(cast, name)


@pytest.mark.parametrize(
    ("giver", "holder", "changed", "why"),
    [
        ("olive", "olive", PROFILE_VERBS, ""),
        ("olive", "Oven", PROFILE_VERBS, ""),
        ("priya", "ed", ("view", "draft", "publish"), ""),
        ("priya", "ed", ("reply",), NOT_HELD),
        ("priya", "ava", ("view",), NOT_LED),
        ("priya", "ana", ("view",), NOT_LED),  # of a team that has nothing to do with the profile
        ("priya", "priya", ("view",), OWN),
        ("priya", "olive", ("view",), ABOVE),
        ("priya", "lena", ("view",), MANAGES),
        ("priya", "Care", ("publish",), ""),
        ("priya", "Care", ("manage",), NOT_HELD),
        ("priya", "Oven", ("publish",), NOT_LED),
        ("lena", "ava", ("manage",), ""),
        ("lena", "Oven", ("publish",), ""),
        ("lena", "lena", (), OWN),
        ("lena", "olive", (), ABOVE),
        ("ed", "cole", ("view",), NOT_LED),
        ("ed", "Care", ("view",), NOT_LED),
    ],
)
def test_who_may_give_what_to_whom(led, giver, holder, changed, why):
    found = giver_on(getattr(led, giver), led.x)
    assert found.refusal(holder_of(led, holder), frozenset(changed)) == why


def test_whoever_manages_may_change_somebody_else_who_does(led):
    set_grants(led.olive, led.x, members={led.ava.pk: PROFILE_VERBS})
    assert giver_on(led.lena, led.x).refusal(led.ava, frozenset({"manage"})) == ""
    assert giver_on(led.lena, led.page).may_change(led.ava)
    assert not giver_on(led.priya, led.page).may_change(led.ava)


@pytest.mark.parametrize(("who", "anybody"), [("olive", True), ("ava", True), ("priya", True), ("ed", False)])
def test_whether_there_is_anybody_whose_rights_they_may_change(led, who, anybody):
    set_grants(led.olive, led.x, members={led.ava.pk: PROFILE_VERBS})
    assert giver_on(getattr(led, who), led.x).any is anybody


def test_what_is_known_of_a_giver_is_of_this_profile(led):
    found = giver_on(led.priya, led.x)
    assert found == Giver(
        verbs=frozenset({"view", "draft", "publish"}),
        pk=led.priya.pk,
        teams=frozenset({led.team.pk}),
        people=frozenset({led.lena.pk, led.cole.pk, led.priya.pk, led.ed.pk}),
        managers=frozenset({led.lena.user_id}),
    )
    assert giver_on(System("setup"), led.x) == Giver(frozenset(PROFILE_VERBS), unbounded=True)
    change_team(led.olive, led.team, profiles=[led.page.pk])
    assert giver_on(led.priya, led.x).teams == frozenset()


def test_managers_are_those_by_themselves_and_those_through_a_team(led):
    oven = Team.objects.get(name="Oven")
    create_team(led.olive, name="Nobody")
    for name in ("Oven", "Nobody"):
        set_grants(led.olive, led.x, teams={Team.objects.get(name=name).pk: PROFILE_VERBS})
    through = {one.user_id for one in (led.ana, led.priya)}
    assert managers_of(led.x) == {led.lena.user_id, *through}
    assert managers_of(led.page) == {led.lena.user_id}
    set_grants(led.olive, led.x, teams={oven.pk: [verb for verb in PROFILE_VERBS if verb != "manage"]})
    assert managers_of(led.x) == {led.lena.user_id}


class TestBringingSomebodyIn:
    def test_is_giving_what_the_team_holds(self, led):
        set_grants(led.olive, led.x, teams={led.team.pk: ["view", "publish"]})
        require_may_add(led.ava, led.team)
        set_grants(led.olive, led.page, teams={led.team.pk: ["view", "reply"]})
        with pytest.raises(PermissionDenied) as refused:
            require_may_add(led.ava, led.team)
        assert refused.value.user_message == "Joining Care gives rights that you do not hold yourself."
        for anybody in (led.olive, led.lena, System("setup")):
            require_may_add(anybody, led.team)

    def test_is_not_held_up_by_what_another_team_holds(self, led):
        set_grants(led.olive, led.x, teams={Team.objects.get(name="Oven").pk: PROFILE_VERBS})
        change_team(led.olive, Team.objects.get(name="Oven"), leaders=[], members=[led.ana.pk])
        require_may_add(led.ed, led.team)


class TestStoring:
    def held(self, cast: Cast, name: str = "cole", profile: Profile | None = None) -> set[str]:
        profile = profile or cast.x
        return set(verbs_on(getattr(cast, name), [profile.pk])[profile.pk])

    def test_exactly_what_is_wanted_of_those_named_and_the_others_keep_theirs(self, cast, hints):
        set_grants(cast.olive, cast.x, members={cast.cole.pk: ["draft"], cast.ana.pk: []})
        assert self.held(cast) == {"view", "draft"}
        assert self.held(cast, "ana") == set()
        assert self.held(cast, "ana", cast.page) == {"view", "analyse"}
        set_grants(cast.olive, cast.page, members={cast.vic.pk: ["view", "analyse"]})
        assert self.held(cast, "vic", cast.page) == {"view", "analyse"}  # all that a viewer can hold
        assert self.held(cast, "priya") == {"view", "draft", "publish"}
        assert hints == [(cast.acme.pk, "rights", "", None, None)] * 2

    def test_each_change_is_written_down_with_before_and_after_and_none_where_nothing_changed(self, cast):
        wanted = {
            "members": {cast.cole.pk: ["draft"], cast.ed.pk: ["view", "draft"]},
            "teams": {cast.team.pk: ["reply"]},
        }
        for _ in range(2):
            set_grants(cast.olive, cast.x, **wanted)
        found = AuditEntry.objects.filter(verb="grant.changed", target_id=cast.x.pk).order_by("pk")
        assert [(one.actor_name, one.target_kind, one.target_name, one.change) for one in found][-2:] == [
            (
                "olive@acme.example",
                "profile",
                "Acme (x)",
                {"member": "Cole", "id": cast.cole.pk, "rights": [["reply", "view"], ["draft", "view"]]},
            ),
            (
                "olive@acme.example",
                "profile",
                "Acme (x)",
                {"team": "Care", "id": cast.team.pk, "rights": [[], ["reply", "view"]]},
            ),
        ]

    def test_a_right_is_no_right_of_the_other_profile_and_of_no_other_team(self, cast):
        oven = create_team(cast.olive, name="Oven", members=[cast.ana.pk])
        set_grants(cast.olive, cast.page, teams={oven.pk: ["view", "reply"]})
        set_grants(cast.olive, cast.page, teams={cast.team.pk: ["view", "draft"]})
        assert self.held(cast, "cole", cast.page) == {"view", "draft"}
        assert self.held(cast, "ana", cast.page) == {"view", "analyse", "reply"}
        end_team_grants(cast.olive, oven, [cast.x, cast.page])
        assert self.held(cast, "ana", cast.page) == {"view", "analyse"}
        assert self.held(cast, "cole", cast.page) == {"view", "draft"}

    @pytest.mark.parametrize("verbs", [["fly"], ["view", "fly"], [1], [None]])
    def test_what_is_no_verb_is_named(self, cast, verbs):
        with pytest.raises(Invalid) as refused:
            set_grants(cast.olive, cast.x, members={cast.cole.pk: verbs})
        assert refused.value.fields == {"verbs": [f"Choose from {', '.join(PROFILE_VERBS)}."]}
        assert self.held(cast) == {"view", "reply"}

    @pytest.mark.parametrize("kind", ["members", "teams"])
    def test_whoever_is_of_another_organization_is_not_there(self, cast, kind):
        with scope(cast.globex):
            theirs = create_team(cast.mallory, name="Theirs")
        foreign, known = {"members": (cast.mallory.pk, cast.cole.pk), "teams": (theirs.pk, cast.team.pk)}[kind]
        with pytest.raises(NotFound), transaction.atomic():
            set_grants(cast.olive, cast.x, **{kind: {known: ["draft"], foreign: ["view"]}})
        assert self.held(cast) == {"view", "reply"}
        with pytest.raises(NotFound):
            set_grants(cast.olive, cast.theirs, members={cast.cole.pk: ["view"]})

    def test_what_was_seen_otherwise_is_refused_in_words(self, cast):
        seen = {f"member-{cast.cole.pk}": frozenset({"view"}), f"team-{cast.team.pk}": frozenset({"view"})}
        with pytest.raises(Conflict) as refused:
            set_grants(cast.olive, cast.x, members={cast.cole.pk: ["draft"]}, seen=seen)
        assert refused.value.user_message == (
            "Somebody else has changed the rights of Cole meanwhile. Look at what they are now, then choose again."
        )
        with pytest.raises(Conflict, match="of Care meanwhile"):
            set_grants(cast.olive, cast.x, teams={cast.team.pk: ["draft"]}, seen=seen)
        seen = {holder_key(cast.cole): frozenset({"view", "reply"}), holder_key(cast.team): frozenset()}
        set_grants(cast.olive, cast.x, members={cast.cole.pk: ["draft"]}, teams={cast.team.pk: ["draft"]}, seen=seen)
        assert self.held(cast) == {"view", "draft"}

    def test_a_refusal_names_whom_it_is_about(self, led):
        with pytest.raises(PermissionDenied) as refused:
            set_grants(led.priya, led.x, members={led.ava.pk: ["view", "approve"]})
        assert refused.value.user_message == f"Ava: {NOT_LED}"
        with pytest.raises(Invalid) as refused:
            set_grants(led.olive, led.x, members={led.vic.pk: ["view", "draft"]})
        assert refused.value.fields["members"] == [
            "Vic is a viewer, and viewers look on. Change the role to member first, then give this."
        ]

    def test_taking_away_is_giving_too(self, led):
        with pytest.raises(PermissionDenied, match=NOT_HELD):
            set_grants(led.priya, led.x, members={led.cole.pk: ["view"]})  # who may reply, as Priya may not
        set_grants(led.priya, led.x, members={led.ed.pk: []})
        assert self.held(led, "ed") == set()

    def test_of_many_profiles_each_is_changed_whole_or_refused_with_its_reason(self, led):
        set_grants(led.olive, led.page, members={led.cole.pk: ["view"]})
        wanted = {led.x: {led.cole.pk: ["view"], led.ed.pk: []}, led.page: {led.cole.pk: ["publish"]}}
        assert set_many_grants(led.priya, wanted) == [RefusedGrant(led.x, f"Cole: {NOT_HELD}")]
        assert self.held(led, "ed") == {"view", "draft"}
        assert self.held(led, "cole", led.page) == {"view", "publish"}

    def test_of_many_profiles_what_was_seen_is_seen_of_each(self, cast):
        seen = {cast.x.pk: {holder_key(cast.cole): frozenset({"view"})}}
        wanted = {one: {cast.cole.pk: ["draft"]} for one in (cast.page, cast.x)}
        (refused,) = set_many_grants(cast.olive, wanted, seen=seen)
        assert refused.profile == cast.x
        assert "meanwhile" in refused.reason
        assert self.held(cast, "cole", cast.page) == {"view", "draft"}

    def test_the_number_of_queries_does_not_grow_with_those_named(self, cast, django_assert_num_queries):
        wanted = {one.pk: ["view", "draft", "publish"] for one in (cast.ed, cast.priya, cast.ana, cast.cole)}
        set_grants(cast.olive, cast.x, members=wanted)
        for some in (dict(list(wanted.items())[:1]), wanted):
            with django_assert_num_queries(5):  # a savepoint's two, the lock, people, what they hold
                set_grants(cast.olive, cast.x, members=some)


class TestDoors:
    def test_roles_and_what_they_can_hold(self):
        assert max_verbs_of_role(Role.VIEWER) == LOOKING_VERBS == {"view", "analyse"}
        assert max_verbs_of_role(Role.MEMBER) == max_verbs_of_role(Role.OWNER) == EVERY_VERB == set(PROFILE_VERBS)
        assert roles_that_can("analyse") == ["owner", "admin", "member", "viewer"]
        assert roles_that_can("reply") == ["owner", "admin", "member"]

    def test_a_profile_is_looked_up_by_what_may_be_done(self, cast):
        assert access_profile(cast.cole, cast.x.pk, to="view") == cast.x
        assert access_profile(cast.cole, str(cast.x.pk), to="reply") == cast.x
        with pytest.raises(PermissionDenied) as refused:
            access_profile(cast.cole, cast.x.pk, to="publish")
        assert refused.value.user_message == f"You can see {cast.x.name}, but you are not allowed to publish there."
        assert has_verb_on(cast.cole, "reply", cast.x.pk)
        assert not has_verb_on(cast.cole, "reply", cast.page.pk)
        assert not has_verb_on(cast.cole, "publish", cast.x.pk)

    @pytest.mark.parametrize("pk", ["bread", None, 2**70, 0])
    def test_what_is_no_key_is_not_there(self, cast, pk):
        for door in (
            lambda: access_profile(cast.olive, pk, to="view"),
            lambda: access_team(cast.olive, pk),
            lambda: access_level(cast.olive, pk),
        ):
            with pytest.raises(NotFound):
                door()

    def test_a_team_is_seen_by_all_and_changed_by_its_leaders(self, cast):
        assert access_team(cast.vic, cast.team.pk) == cast.team
        for leader in (cast.lena, cast.olive, System("setup")):
            assert access_team(leader, str(cast.team.pk), to="change") == cast.team
            assert is_leader_of(leader, cast.team)
        with pytest.raises(PermissionDenied) as refused:
            access_team(cast.cole, cast.team.pk, to="change")
        assert refused.value.user_message == "Only a leader of Care or an admin can do that."
        assert not is_leader_of(
            cast.lena, create_team(cast.olive, name="Oven", members=[cast.lena.pk], leaders=[cast.ed.pk])
        )

    def test_a_role_elsewhere_is_nothing_here(self, cast):
        """Not even that of an owner, and not that of one who has left."""
        assert not profiles_for(cast.mallory, to="view").exists()
        assert verbs_on(cast.mallory, [cast.x.pk]) == {cast.x.pk: frozenset()}
        cast.olive.left_at = cast.acme.created_at
        assert not profiles_for(cast.olive, to="view").exists()
        assert verbs_on(cast.olive, [cast.x.pk]) == {cast.x.pk: frozenset()}

    def test_rights_come_from_role_person_and_team_and_no_further_than_the_role(self, cast):
        set_grants(cast.olive, cast.page, teams={cast.team.pk: ["reply"]})
        set_grants(cast.olive, cast.page, members={cast.cole.pk: ["draft"]})
        ids = [cast.x.pk, cast.page.pk]
        assert verbs_on(cast.cole, ids) == {ids[0]: {"view", "reply"}, ids[1]: {"view", "draft", "reply"}}
        assert verbs_on(cast.vic, ids) == dict.fromkeys(ids, frozenset({"analyse"}))
        assert verbs_on(cast.olive, ids) == dict.fromkeys(ids, EVERY_VERB)
        ProfileUserObjectPermission.objects.filter(user=cast.ed.user_id).update(user=cast.vic.user_id)
        assert verbs_on(cast.vic, ids) == dict.fromkeys(ids, LOOKING_VERBS)
        assert set(profiles_for(cast.vic, to="view")) == {cast.x, cast.page}
        assert set(profiles_for(cast.cole, to="reply")) == {cast.x, cast.page}
        assert set(profiles_for(cast.cole, to="draft")) == {cast.page}
        assert set(profiles_for(cast.ana, to="reply")) == set()
        assert set(profiles_for(System("setup"), to="publish")) == {cast.x, cast.page}


class TestAskingForApproval:
    def test_is_for_admins_told_and_written_down_once(self, cast, hints):
        for _ in range(2):
            set_needs_approval(cast.olive, cast.x, True)
        assert cast.x.needs_approval is True
        assert dict(Profile.objects.values_list("pk", "needs_approval")) == {cast.x.pk: True, cast.page.pk: False}
        (entry,) = AuditEntry.objects.filter(verb="profile.policy_changed")
        assert (entry.actor_name, entry.target_id, entry.change) == (
            "olive@acme.example",
            str(cast.x.pk),
            {"needs_approval": [False, True]},
        )
        assert hints == [(cast.acme.pk, "profiles", cast.x.pk, None, None)]
        set_needs_approval(cast.olive, cast.x, False)
        assert AuditEntry.objects.filter(verb="profile.policy_changed").count() == 2

    def test_is_for_nobody_else(self, cast):
        with pytest.raises(PermissionDenied):
            set_needs_approval(cast.lena, cast.x, True)
