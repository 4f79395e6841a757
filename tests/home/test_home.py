"""The first page tells what waits, what goes out, who waits for us, how it went and what is wrong."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from analytics.models import Rollup
from inbox.models import Conversation
from networks.actions.outgoing import enqueue_outgoing
from networks.contract import Draft, DraftKind
from networks.models import Outgoing, Profile
from organizations.models import Member
from publishing.models import Delivery, Post, Revision
from socialops.overview.home_summary import home_context
from tests import builders

pytestmark = pytest.mark.usefixtures("in_acme")


def deliver(author, profile, *, state="waiting", text="Bread at nine", at=None):
    at = at or now() + timedelta(hours=2)
    post = Post.objects.create(author=author, state="scheduled")
    post.revision = Revision.objects.create(post=post, number=1, text=text, author=author)
    post.save()
    post.profiles.add(profile)
    row = enqueue_outgoing(profile, Draft(DraftKind.POST, text), key=f"home:{post.pk}", due_at=at)
    Outgoing.objects.filter(pk=row.pk).update(state=state, reason="Because." if state != "waiting" else "")
    return Delivery.objects.create(post=post, revision=post.revision, profile=profile, outgoing=row)


def talk(profile, assignee=None):
    return Conversation.objects.create(
        profile=profile,
        root_id=str(Conversation.objects.count()),
        kind="direct",
        assignee=assignee,
        last_message_at=now(),
        unanswered_since=now() - timedelta(hours=3),
        snippet="Do you have rye?",
    )


def keys(items) -> list[str]:
    return [item.key for item in items]


def test_what_failed_waits_for_its_writer_and_is_trouble_for_the_others(cast):
    failed = deliver(cast.ed, cast.x, state="failed")
    unknown = deliver(cast.priya, cast.x, state="unknown", at=now() - timedelta(hours=1))
    found = home_context(cast.ed, now())
    assert keys(found["mine"]) == [f"delivery-{failed.pk}"]
    assert keys(found["trouble"]) == [f"delivery-{unknown.pk}"]
    assert found["trouble"][0].reason == "Because."


def test_conversations_and_approvals_wait_for_me(cast):
    mine = talk(cast.x, cast.ava)
    talk(cast.x, cast.cole)
    post = deliver(cast.ed, cast.x).post
    Post.objects.filter(pk=post.pk).update(state="in_review")
    assert set(keys(home_context(cast.ava, now())["mine"])) == {f"conversation-{mine.pk}", f"post-{post.pk}"}
    assert keys(home_context(cast.ed, now())["mine"]) == []


def test_the_next_day_goes_out_in_order(cast):
    later = deliver(cast.ed, cast.x, at=now() + timedelta(hours=5))
    sooner = deliver(cast.ed, cast.page, at=now() + timedelta(hours=1))
    deliver(cast.ed, cast.x, at=now() + timedelta(days=2))
    assert [one.pk for one in home_context(cast.olive, now())["going"]] == [sooner.pk, later.pk]


def test_the_unanswered_are_counted_where_one_may_look(cast):
    talk(cast.x)
    talk(cast.page)
    assert home_context(cast.cole, now())["unanswered"]["count"] == 1
    assert home_context(cast.olive, now())["unanswered"]["count"] == 2
    assert home_context(cast.vic, now())["unanswered"]["count"] == 0


def test_the_score_is_for_those_who_may_analyse(cast):
    today = now().date()
    for profile in (cast.x, cast.page):
        Rollup.objects.create(profile=profile, day=today, metric="posts_sent", value=2, as_of=now())
    sent, replied, received = home_context(cast.vic, now())["scores"]
    assert (sent.value, sent.previous) == (4, 0)
    assert (replied.value, received.value) == (0, None)
    assert home_context(cast.ed, now())["scores"] == []


def test_a_profile_that_is_cut_off_has_its_one_action(cast):
    Profile.objects.filter(pk=cast.x.pk).update(state="disconnected", state_reason="X wants a new sign-in.")
    trouble = home_context(cast.olive, now())["trouble"][0]
    assert (trouble.action, trouble.url) == ("Connect again", f"/o/acme/profiles/connect/?profile={cast.x.pk}")
    assert home_context(cast.cole, now())["trouble"][0].action == "See why"


def test_the_page_shows_all_of_it_in_few_queries(cast, sign_in, django_assert_max_num_queries):
    for _ in range(3):
        deliver(cast.ed, cast.x)
        deliver(cast.ed, cast.x, state="failed")
        talk(cast.x, cast.priya)
    client = sign_in(cast.priya)
    client.get("/o/acme/")
    with django_assert_max_num_queries(17):
        text = client.get("/o/acme/").content.decode()
    for wanted in ("My work", "Going out", "Unanswered", "Trouble", "Bread at nine", "Do you have rye?"):
        assert wanted in text


def test_a_new_organization_has_a_calm_first_page(db, sign_in):
    builders.organization("fresh", owner="fay")
    owner = Member.unscoped.select_related("user").get(organization__slug="fresh")
    text = sign_in(owner).get("/o/fresh/").content.decode()
    assert "Nothing is planned." in text
    assert "Trouble" not in text


def test_htmx_gets_what_changes(cast, sign_in):
    text = sign_in(cast.ed).get("/o/acme/", headers={"HX-Request": "true"}).content.decode()
    assert text.lstrip().startswith('<div class="home"')


def test_the_first_run_asks_for_a_name_and_ends_with_seeing_it_arrive(cast):
    assert cast.olive.user.name == ""
    steps = home_context(cast.olive, now())["steps"]
    assert [step.title for step in steps] == [
        "Say who you are",
        "Connect a profile",
        "Write a post",
        "Invite a colleague",
        "See it arrive",
    ]
    assert (steps[0].url, steps[0].next) == ("/o/acme/settings/you/", True)
    assert steps[-1].url == "/o/acme/queue/"
    practice = builders.profile(cast.acme, "x", handle="kiosk", sandbox=True)
    assert home_context(cast.olive, now())["steps"][-1].url == f"/sandbox/acme/x/{practice.handle}/"
    cast.olive.user.name = "Olive"
    deliver(cast.priya, cast.x, state="sent")
    assert home_context(cast.olive, now())["steps"] == []
