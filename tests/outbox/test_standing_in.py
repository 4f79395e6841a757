"""A stand-in is asked for by a silent network alone: whatever else would keep a post from leaving keeps it here too."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils.timezone import now

from networks.models import Circuit, FallbackPlan, Limit, Outgoing, Profile
from networks.outbox import circuits, rate_limits
from networks.outbox.reach import reach_of
from organizations.models import Organization
from publishing.actions.fallback_plans import send_through_stand_in, set_fallback_plan
from publishing.actions.review import approve_post, submit_post
from publishing.actions.schedule import publish_now
from publishing.models import Delivery, Post
from publishing.planning.fallback_runs import apply_fallback_plans
from teams.actions.pauses import pause_publishing, release_pause
from tests import builders
from tests.cast import Cast
from tests.posts import create_post, edit_post

pytestmark = pytest.mark.usefixtures("in_acme")
AT = timedelta(minutes=31)


def silence(profile: Profile) -> None:
    for _ in range(circuits.FAILURES_OF_FEWER_PROFILES):
        circuits.record_network_failure(profile, "No answer.", now())


@pytest.fixture
def post(cast: Cast) -> Post:
    """Held up by X, which does not answer, where a Page stands in after half an hour."""
    made = publish_now(cast.olive, create_post(cast.olive, text="Bread at nine", profiles=[cast.x.pk]))
    set_fallback_plan(cast.olive, "x", after_minutes=30, profile=cast.page, text="{text}", told=[])
    silence(cast.x)
    return made


def stood_in() -> int:
    return Outgoing.objects.filter(key__startswith="fallback:").count()


def limit_of(profile: Profile, of: str = "posts") -> None:
    Limit.objects.create(**reach_of(profile), profile=profile, of=of, until=now() + timedelta(hours=3))


def approval_on(profile: Profile) -> None:
    Profile.objects.filter(pk=profile.pk).update(needs_approval=True)


def too_late(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.acme.pk).update(too_late_minutes=20)


HINDRANCES: dict[str, Callable[[Cast, Post], object]] = {
    "the organization is paused": lambda cast, post: pause_publishing(cast.olive, cast.acme),
    "the organization is paused but for replies": lambda cast, post: pause_publishing(
        cast.olive, cast.acme, keeps_replies=True
    ),
    "the team is paused": lambda cast, post: pause_publishing(cast.olive, cast.team),
    "its own profile is paused": lambda cast, post: pause_publishing(cast.olive, cast.x),
    "its own profile is paused but for replies": lambda cast, post: pause_publishing(
        cast.olive, cast.x, keeps_replies=True
    ),
    "the other profile is paused": lambda cast, post: pause_publishing(cast.olive, cast.page),
    "the other profile is paused but for replies": lambda cast, post: pause_publishing(
        cast.olive, cast.page, keeps_replies=True
    ),
    "its own profile is cut off": lambda cast, post: Profile.objects.filter(pk=cast.x.pk).update(state="disconnected"),
    "the other profile is cut off": lambda cast, post: Profile.objects.filter(pk=cast.page.pk).update(
        state="disconnected"
    ),
    "its own profile waits for a limit": lambda cast, post: rate_limits.hold_profile(
        cast.x, now() + timedelta(hours=3)
    ),
    "the other profile waits for a limit": lambda cast, post: rate_limits.hold_profile(
        cast.page, now() + timedelta(hours=3)
    ),
    "its own posts are limited": lambda cast, post: limit_of(cast.x),
    "the other's posts are limited": lambda cast, post: limit_of(cast.page),
    "the other takes nothing at all": lambda cast, post: limit_of(cast.page, "all"),
    "the other network is silent too": lambda cast, post: silence(cast.page),
    "the other profile asks for an approval that it lacks": lambda cast, post: approval_on(cast.page),
    "it is too late": lambda cast, post: too_late(cast),
    "it was taken back": lambda cast, post: edit_post(cast.olive, post, text="Bread at ten"),
}


@pytest.mark.parametrize("hindrance", HINDRANCES)
def test_what_keeps_a_post_from_leaving_keeps_it_from_its_stand_in(cast: Cast, post: Post, hindrance: str) -> None:
    delivery = Delivery.objects.get()
    HINDRANCES[hindrance](cast, post)
    apply_fallback_plans(now() + AT)
    assert not send_through_stand_in(FallbackPlan.objects.get(), delivery, now() + AT)
    assert stood_in() == 0
    assert Outgoing.objects.get().held == ""


def test_nothing_but_the_silence_is_needed(cast: Cast, post: Post) -> None:
    apply_fallback_plans(now() + AT)
    assert stood_in() == 1


def test_a_probe_that_is_due_on_the_other_network_is_no_sign_that_it_answers(cast: Cast, post: Post) -> None:
    silence(cast.page)
    Circuit.objects.filter(network="facebook").update(next_at=now() - timedelta(seconds=1))
    apply_fallback_plans(now() + AT)
    assert stood_in() == 0


def test_a_network_that_answers_again_meanwhile_needs_no_stand_in(cast: Cast, post: Post) -> None:
    plan, delivery = FallbackPlan.objects.get(), Delivery.objects.get()
    circuits.record_network_answer(Circuit.objects.get().pk, now())
    assert not send_through_stand_in(plan, delivery, now() + AT)


def test_it_stands_in_once_the_pause_is_released(cast: Cast, post: Post) -> None:
    pause = pause_publishing(cast.olive, cast.x)
    apply_fallback_plans(now() + AT)
    release_pause(cast.olive, pause)
    apply_fallback_plans(now() + AT)
    assert stood_in() == 1


def test_those_that_something_else_keeps_do_not_hide_the_rest(cast: Cast, post: Post, monkeypatch) -> None:
    monkeypatch.setattr("publishing.planning.fallback_runs.MOST_PER_RUN", 1)
    other = builders.profile(cast.acme, "x")
    publish_now(cast.olive, create_post(cast.olive, text="Rolls", profiles=[other.pk]))
    pause_publishing(cast.olive, cast.x)
    apply_fallback_plans(now() + AT)
    assert Outgoing.objects.get(key__startswith="fallback:").draft["text"] == "Rolls"


def test_an_approved_post_stands_in_where_approval_is_asked_for(cast: Cast) -> None:
    approval_on(cast.x)
    approval_on(cast.page)
    set_fallback_plan(cast.olive, "x", after_minutes=30, profile=cast.page, text="{text}", told=[])
    made = submit_post(cast.ed, create_post(cast.ed, text="Bread at nine", profiles=[cast.x.pk]))
    publish_now(cast.olive, approve_post(cast.olive, made))
    silence(cast.x)
    apply_fallback_plans(now() + AT)
    assert stood_in() == 1
