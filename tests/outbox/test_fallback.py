"""A plan for a network that does not answer: another profile stands in, once for each post, and never without a plan."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from foundation.errors import Invalid, PermissionDenied
from networks.models import Circuit, FallbackPlan, Outgoing, Profile
from networks.outbox import circuits
from organizations.models import AuditEntry, Notification
from publishing.actions.deliveries import cancel_delivery
from publishing.actions.fallback_plans import fit_into_template, remove_fallback_plan, set_fallback_plan
from publishing.actions.schedule import cancel_post, publish_now
from publishing.models import Delivery, Post
from publishing.planning.fallback_runs import apply_fallback_plans
from tests import builders
from tests.cast import Cast
from tests.posts import create_post

pytestmark = pytest.mark.usefixtures("in_acme")
LATER = timedelta(minutes=31)
PAGE = "/o/acme/settings/fallback/"


@pytest.fixture
def post(cast: Cast) -> Post:
    """Held up by X, which does not answer."""
    made = publish_now(cast.olive, create_post(cast.olive, text="Bread at nine", profiles=[cast.x.pk]))
    for _ in range(circuits.FAILURES_OF_FEWER_PROFILES):
        circuits.record_network_failure(cast.x, "No answer.", now())
    return made


@pytest.fixture
def plan(cast: Cast) -> FallbackPlan:
    text = "X is down, so here: {text}"
    return set_fallback_plan(cast.olive, "x", after_minutes=30, profile=cast.page, text=text, told=[cast.lena])


def stood_in() -> list[str]:
    return [row.draft["text"] for row in Outgoing.objects.filter(key__startswith="fallback:")]


def test_the_other_profile_publishes_once_and_the_original_waits_for_a_person(cast: Cast, post, plan) -> None:
    for minutes in (31, 32, 50):
        apply_fallback_plans(now() + timedelta(minutes=minutes))
    assert stood_in() == ["X is down, so here: Bread at nine"]
    original, other = Delivery.objects.filter(post=post).order_by("pk")
    assert (original.outgoing.state, original.outgoing.held) == ("waiting", "too_late")
    assert (other.profile, other.outgoing.state) == (cast.page, "waiting")
    entry = AuditEntry.objects.get(verb="post.stood_in")
    assert entry.change["profile"] == [str(cast.x), str(cast.page)]
    told = Notification.objects.filter(kind="stood_in").values_list("member", flat=True)
    assert set(told) == {cast.olive.pk, cast.lena.pk}
    cancel_delivery(cast.olive, original)


def test_it_says_the_whole_thread_and_its_comment_as_the_other_network_can(cast: Cast, plan) -> None:
    made = {"text": "Bread", "thread": ["At nine", "word " * 80], "first_comment": "The link"}
    publish_now(cast.olive, create_post(cast.olive, profiles=[cast.page.pk], **made))
    other = set_fallback_plan(
        cast.olive, "facebook", after_minutes=1, profile=cast.x, text="Not on Facebook: {text}", told=[]
    )
    for _ in range(circuits.FAILURES_OF_FEWER_PROFILES):
        circuits.record_network_failure(cast.page, "No answer.", now())
    for minutes in (2, 3):
        apply_fallback_plans(now() + timedelta(minutes=minutes))
    rows = Outgoing.objects.filter(profile=other.profile).order_by("part")
    assert [(row.part, row.held) for row in rows] == [(1, ""), (2, "chain"), (3, "chain"), (4, "chain")]
    first, second, third, comment = (row.draft["text"] for row in rows)
    assert (first, second, comment) == ("Not on Facebook: Bread", "At nine", "The link")
    assert third.startswith("word word")
    assert third.endswith("…")
    assert "with its words shortened" in Outgoing.objects.get(profile=cast.page, part=1).reason
    assert AuditEntry.objects.get(verb="post.stood_in").change["shortened"] == [None, "yes"]


def test_where_there_are_no_threads_it_is_one_text_with_the_comment_beneath(cast: Cast, plan) -> None:
    made = {"text": "Bread", "thread": ["At nine"], "first_comment": "The link"}
    publish_now(cast.olive, create_post(cast.olive, profiles=[cast.x.pk], **made))
    for _ in range(circuits.FAILURES_OF_FEWER_PROFILES):
        circuits.record_network_failure(cast.x, "No answer.", now())
    apply_fallback_plans(now() + LATER)
    rows = Outgoing.objects.filter(profile=cast.page).order_by("part")
    assert [row.draft["text"] for row in rows] == ["X is down, so here: Bread\n\nAt nine", "The link"]


def unread() -> int:
    return Notification.objects.filter(kind="stood_in", read_at=None).count()


def test_the_notice_is_settled_when_the_network_answers_again(cast: Cast, post, plan) -> None:
    apply_fallback_plans(now() + LATER)
    assert unread() == 2
    circuits.record_network_answer(Circuit.objects.get().pk, now())
    assert unread() == 0


def test_the_notice_is_settled_when_the_plan_is_removed(cast: Cast, post, plan) -> None:
    apply_fallback_plans(now() + LATER)
    remove_fallback_plan(cast.olive, "x")
    assert unread() == 0


def test_it_stands_on_the_posts_page(cast: Cast, post, plan, sign_in) -> None:
    apply_fallback_plans(now() + LATER)
    page = sign_in(cast.olive).get(f"/o/acme/posts/{post.pk}/").content.decode()
    assert "It stands in for a profile whose network did not answer" in page
    assert f"{cast.page.name} stands in for it" in page


def test_nothing_happens_without_a_plan_or_before_its_time(cast: Cast, post) -> None:
    apply_fallback_plans(now() + LATER)
    set_fallback_plan(cast.olive, "x", after_minutes=30, profile=cast.page, text="{text}", told=[])
    apply_fallback_plans(now() + timedelta(minutes=29))
    Circuit.objects.all().delete()
    apply_fallback_plans(now() + LATER)
    assert stood_in() == []


def test_what_is_cancelled_or_planned_for_later_is_not_stood_in_for(cast: Cast, post, plan) -> None:
    cancel_post(cast.olive, post)
    later = create_post(cast.olive, text="Tomorrow", profiles=[cast.x.pk])
    publish_now(cast.olive, later)
    Outgoing.objects.filter(delivery__post=later).update(planned_at=now() + timedelta(days=1))
    apply_fallback_plans(now() + LATER)
    assert stood_in() == []


def test_what_goes_to_the_other_profile_anyway_is_not_said_twice_there(cast: Cast, post, plan) -> None:
    both = create_post(cast.olive, text="To both", profiles=[cast.x.pk, cast.page.pk])
    publish_now(cast.olive, both)
    apply_fallback_plans(now() + LATER)
    assert stood_in() == ["X is down, so here: Bread at nine"]


def test_practice_never_stands_in_for_what_is_real(cast: Cast, post) -> None:
    practice = builders.profile(cast.acme, "facebook", sandbox=True)
    set_fallback_plan(cast.olive, "x", after_minutes=1, profile=practice, text="{text}", told=[])
    apply_fallback_plans(now() + LATER)
    assert stood_in() == []


def test_a_profile_that_is_cut_off_does_not_stand_in(cast: Cast, post, plan) -> None:
    Profile.objects.filter(pk=cast.page.pk).update(state="disconnected")
    apply_fallback_plans(now() + LATER)
    assert stood_in() == []


def test_words_are_cut_to_what_the_other_network_takes() -> None:
    text = fit_into_template("On Facebook more. {text}", "word " * 200, "x")
    assert text.startswith("On Facebook more. word word")
    assert text.endswith("…")
    assert 240 < len(text) <= 280
    assert fit_into_template("{text}", "short", "x") == "short"


def test_only_admins_plan_and_another_network_stands_in(cast: Cast) -> None:
    given = {"after_minutes": 5, "text": "{text}", "told": []}
    with pytest.raises(PermissionDenied):
        set_fallback_plan(cast.lena, "x", profile=cast.page, **given)
    with pytest.raises(Invalid):
        set_fallback_plan(cast.olive, "x", profile=cast.x, **given)


def test_the_page_makes_changes_and_removes_a_plan(cast: Cast, sign_in, django_assert_num_queries) -> None:
    browser = sign_in(cast.olive)
    form = {"network": "x", "x-after_minutes": "20", "x-profile": cast.page.pk, "x-text": "Here: {text}"}
    assert browser.post(f"{PAGE}plan/", form | {"x-told": [cast.lena.pk]}).status_code == 302
    plan = FallbackPlan.objects.get()
    assert (plan.network, plan.after_minutes, plan.profile, [*plan.told.all()]) == ("x", 20, cast.page, [cast.lena])
    with django_assert_num_queries(11):
        shown = browser.get(PAGE).content.decode()
    assert "Here: {text}" in shown
    refused = browser.post(f"{PAGE}plan/", form | {"x-after_minutes": "0"})
    assert (refused.status_code, "field__error" in refused.content.decode()) == (422, True)
    assert browser.post(f"{PAGE}remove/", {"network": "x"}).status_code == 302
    assert not FallbackPlan.objects.exists()
