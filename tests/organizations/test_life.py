"""Whatever happens to members, an owner remains, nobody who left holds anything, and nothing is without an owner."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.errors import AppError, Invalid
from inbox.actions.assign import assign_conversation
from inbox.actions.ingest import ingest_inbound
from inbox.models import Conversation
from networks.models import PROFILE_VERBS, ProfileUserObjectPermission
from organizations.actions.absences import plan_absence
from organizations.actions.invitations import accept_invitation, invitation_refusal, invite_member
from organizations.actions.leaving import offboard_member
from organizations.actions.people import change_role
from organizations.models import Absence, ApiToken, Invitation, Member, Role, User
from organizations.tenancy import scope
from publishing.actions.next_steps import PublishIntent
from publishing.actions.review import submit_post
from publishing.actions.schedule import schedule_post
from publishing.models import Post
from publishing.queries.deciders import find_undecidable_posts, grantors_if_undecidable
from publishing.queries.posts import posts_to_decide
from teams.access import profiles_for, verbs_on
from teams.actions.grants import set_grants
from teams.actions.tasks import create_task
from teams.actions.teams import change_team
from teams.models import Task, TeamMember
from teams.queries.verb_holders import held_profiles_by_member, members_holding
from teams.rights.grant_policy import giver_on
from tests.builders import PASSWORD
from tests.cast import Cast
from tests.inbox.talk import says
from tests.posts import create_post, rewrite_post
from tests.rest.caller import Caller, caller

who = st.integers(0, 11)  # an index into everybody who ever was a member
doer = st.sampled_from((0, 0, 0, 0, 1, 9))  # mostly the owner, or nothing would ever happen
where = st.sampled_from(("x", "page"))
roles = st.sampled_from(Role.values)
verbs = st.lists(st.sampled_from(PROFILE_VERBS), max_size=3, unique=True)
steps = st.one_of(
    st.tuples(st.just("invite"), doer, st.integers(0, 3), roles),
    st.tuples(st.just("accept"), st.integers(0, 3)),
    st.tuples(st.just("again"), doer, who),
    st.tuples(st.just("role"), doer, who, roles),
    st.tuples(st.just("grant"), doer, who, where, verbs),
    st.tuples(st.just("team"), doer, st.lists(who, max_size=3), st.lists(who, max_size=4)),
    st.tuples(st.just("away"), who, who, st.integers(-2, 2)),
    st.tuples(st.just("assign"), who, where),
    st.tuples(st.just("write"), who, where, st.sampled_from(("draft", "submit", "schedule"))),
    st.tuples(st.just("task"), who, who),
    st.tuples(st.just("leave"), doer, who, who, who, st.booleans()),
    st.tuples(st.just("leave"), doer, who, who, who, st.booleans()),
)
about_approvals = st.one_of(
    st.tuples(st.just("write"), doer, where, st.just("submit")),
    st.tuples(st.just("rewrite"), who, who),
    st.tuples(st.just("only"), who),
    st.tuples(st.just("role"), doer, who, roles),
    st.tuples(st.just("leave"), doer, who, who, who, st.booleans()),
    st.tuples(st.just("approver_leaves"), doer, who, who),
    st.tuples(st.just("approver_leaves"), doer, who, who),
)


@dataclass
class World:
    cast: Cast
    keys: dict[int, Caller] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def everybody(self) -> list[Member]:
        return list(Member.ever.select_related("user", "organization").order_by("pk"))

    def one(self, index: int) -> Member:
        people = self.everybody()
        return people[index % len(people)]

    def pick(self, index: int, *, gone: bool) -> Member:
        """Somebody who is here, or has left; anybody where there is none."""
        people = [one for one in self.everybody() if (one.left_at is not None) == gone] or self.everybody()
        return people[index % len(people)]

    def give_keys(self) -> None:
        """Everybody gets a token as soon as they are there."""
        for member in Member.objects.select_related("user", "organization"):
            if not ApiToken.objects.filter(member=member, revoked_at=None).exists():
                self.keys[member.pk] = caller(member)

    def invite(self, actor: int, number: int, role: str) -> None:
        email = f"new{number}@acme.example"
        invite_member(self.one(actor), email=email, role=role, team_ids=[self.cast.team.pk])

    def accept(self, number: int) -> None:
        rows = Invitation.objects.filter(email=f"new{number}@acme.example").select_related("invited_by")
        invitation = rows.order_by("pk").last()
        if invitation is None:
            return
        user = User.objects.filter(email=invitation.email).first()
        member = accept_invitation(invitation, user=user, name=f"New {number}", password=PASSWORD)
        sender = invitation.invited_by
        assert sender
        assert sender.left_at is None
        assert sender.rank >= member.rank

    def again(self, actor: int, whom: int) -> None:
        """Somebody who left comes back."""
        member = self.pick(whom, gone=True)
        invitation = invite_member(self.one(actor), email=member.user.email)
        assert set(verbs_on(member, [self.cast.x.pk, self.cast.page.pk]).values()) == {frozenset()}
        back = accept_invitation(invitation, user=member.user)
        assert back.pk == member.pk
        assert not profiles_for(back, to="view").exists()

    def role(self, actor: int, whom: int, role: str) -> None:
        doer, before = self.one(actor), self.one(whom)
        change_role(doer, before, role=role)
        assert doer.rank >= max(before.rank, Role(role).rank)

    def grant(self, actor: int, whom: int, name: str, wanted: list[str]) -> None:
        set_grants(self.one(actor), getattr(self.cast, name), members={self.one(whom).pk: wanted})

    def only(self, whom: int) -> None:
        """One member alone may approve, beside the admins."""
        chosen = self.pick(whom, gone=False)
        for profile in (self.cast.x, self.cast.page):
            members = {pk: ["view", "draft"] for pk in held_profiles_by_member("approve", [profile.pk])}
            set_grants(self.one(0), profile, members={**members, chosen.pk: ["draft", "approve"]})

    def team(self, actor: int, leaders: list[int], members: list[int]) -> None:
        named = [[self.one(index).pk for index in people] for people in (leaders, members)]
        change_team(self.one(actor), self.cast.team, leaders=named[0], members=named[1])

    def away(self, whom: int, deputy: int, first: int) -> None:
        day = now().date() + timedelta(days=first)
        plan_absence(
            self.cast.olive, self.one(whom), deputy=self.one(deputy), first_day=day, last_day=day + timedelta(days=2)
        )

    def assign(self, whom: int, name: str) -> None:
        message = ingest_inbound(getattr(self.cast, name), [says("Hello?", remote_id=f"life{next(self.numbers)}")])[0]
        conversation = Conversation.objects.get(pk=message.conversation_id)
        assign_conversation(self.one(whom), conversation, member=self.one(whom))

    def write(self, whom: int, name: str, then: str) -> None:
        writer = self.one(whom)
        post = create_post(writer, text="Bread", profiles=[getattr(self.cast, name).pk])
        if then == "submit":
            submit_post(writer, post)
        if then == "schedule":
            schedule_post(writer, post, at=now() + timedelta(days=1))

    def rewrite(self, whom: int, number: int) -> None:
        """Two hands in one post."""
        posts = list(Post.objects.filter(state__in=("draft", "in_review")).order_by("pk"))
        if posts:
            rewrite_post(
                self.one(whom), posts[number % len(posts)], text="Fresh bread", intent=PublishIntent(submit=True)
            )

    def task(self, giver: int, whom: int) -> None:
        create_task(self.one(giver), title="Bake", member=self.one(whom))

    def leave(self, actor: int, whom: int, successor: int, other: int, keep: bool) -> None:
        takers = [self.pick(index, gone=False) for index in (successor, other)]
        self.hand_over(self.one(actor), self.pick(whom, gone=False), takers, keep)

    def approver_leaves(self, actor: int, successor: int, other: int) -> None:
        takers = [self.pick(index, gone=False) for index in (successor, other)]
        for leaver in members_holding("approve", [self.cast.x.pk])[:1]:
            self.hand_over(self.one(actor), leaver, takers, keep=True)

    def hand_over(self, doer: Member, leaver: Member, takers: list[Member], keep: bool) -> None:
        """Where the page asks who decides, somebody is named who can."""
        named = {"conversations": takers[1], "posts": takers[1]}
        try:
            self.offboard(doer, leaver, takers[0], named, keep)
        except Invalid as refused:
            if "approvals" not in refused.fields:
                raise
            one, other_one = self.who_can_decide(leaver)
            self.offboard(doer, leaver, one, {**named, "approvals": other_one}, keep)
        assert not find_undecidable_posts(Post.objects.all()), "nobody may decide what waits"

    def offboard(self, doer: Member, leaver: Member, successor: Member, named: dict[str, Member], keep: bool) -> None:
        with transaction.atomic():
            offboard_member(doer, leaver, successor=successor, successors=named, keep_scheduled=keep)

    def who_can_decide(self, leaver: Member) -> tuple[Member, Member]:
        """An owner is the one hand of whatever is stuck, so that of two others one may always decide."""
        people = [one for one in self.everybody() if one.left_at is None and one.role == Role.MEMBER and one != leaver]
        return people[0], people[-1]


@pytest.mark.django_db
@pytest.mark.timeout(300)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(steps, min_size=6, max_size=20))
def test_nothing_is_left_to_those_who_left_and_nothing_is_without_an_owner(cast: Cast, plan: list[tuple]) -> None:
    live(cast, plan)


@pytest.mark.django_db
@pytest.mark.timeout(300)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(about_approvals, min_size=3, max_size=8))
def test_nothing_waits_for_nobody(cast: Cast, plan: list[tuple]) -> None:
    """From where one member alone may approve what the owner wrote."""
    live(cast, [("only", 5), ("write", 0, "x", "submit"), *plan])


def live(cast: Cast, plan: list[tuple]) -> None:
    with transaction.atomic(), scope(cast.acme):
        world = World(cast)
        for kind, *given_ in plan:
            world.give_keys()
            try:
                with transaction.atomic():
                    getattr(world, kind)(*given_)
            except AppError:
                continue  # refused: nothing happened
            assert Member.objects.filter(role=Role.OWNER).exists(), "the organization lost its last owner"
        world.give_keys()
        nobody_who_left_holds_anything(world)
        everything_has_an_owner(cast)
        transaction.set_rollback(True)


def nobody_who_left_holds_anything(world: World) -> None:
    for gone in Member.ever.exclude(left_at=None).select_related("user", "organization"):
        for verb in PROFILE_VERBS:
            assert not profiles_for(gone, to=verb).exists()
        assert not ProfileUserObjectPermission.objects.filter(user=gone.user_id).exists()
        assert not gone.user.groups.exists()
        assert not TeamMember.objects.filter(member=gone).exists()
        assert not ApiToken.objects.filter(member=gone, revoked_at=None).exists()
        if gone.pk in world.keys:
            assert world.keys[gone.pk].get("profiles/").status_code == 401
        browser = Client()
        browser.force_login(gone.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        for page in ("", "inbox/", "posts/", "settings/"):
            assert browser.get(f"/o/acme/{page}").status_code == 404
        for invitation in Invitation.objects.filter(invited_by=gone).select_related("invited_by"):
            assert invitation_refusal(invitation)


def everything_has_an_owner(cast: Cast) -> None:
    gone = Member.ever.exclude(left_at=None)
    assert not Conversation.objects.filter(assignee__in=gone).exists()
    assert not Task.objects.filter(assignee__in=gone, state__in=("open", "accepted")).exists()
    assert not Absence.objects.filter(deputy__in=gone, ends_at__gt=now()).exists()
    assert not Absence.objects.filter(member__in=gone, ends_at__gt=now()).exists()
    assert not Member.ever.filter(successor__in=gone).exists()
    for post in Post.objects.select_related("author__successor"):
        author = post.author
        assert author
        assert author.left_at is None or author.successor
    everybody_in_review_has_a_reader()
    what_waits_can_be_decided_or_says_who_could_help()


def what_waits_can_be_decided_or_says_who_could_help() -> None:
    """Two ways to the same answer: the members one by one, and the one query for all of it."""
    people = list(Member.objects.select_related("user", "organization"))
    stuck = set(find_undecidable_posts(Post.objects.all()))
    for post in Post.objects.filter(state="in_review").select_related("revision"):
        able = [one for one in people if posts_to_decide(one).filter(pk=post.pk).exists()]
        assert (post in stuck) == (not able)
        assert bool(grantors_if_undecidable(post)) == (not able)
        assert all(
            giver_on(one, profile).unbounded
            for one in grantors_if_undecidable(post)[:1]
            for profile in post.profiles.all()
        )


def everybody_in_review_has_a_reader() -> None:
    """At least one owner or admin may decide, unless they are the only one and wrote it themselves."""
    admins = [one for one in Member.objects.select_related("user") if one.is_admin]
    for post in Post.objects.filter(state="in_review").select_related("revision"):
        others = [one for one in admins if one.pk not in (post.author_id, post.revision.author_id)]
        assert all(posts_to_decide(one).filter(pk=post.pk).exists() for one in others)
