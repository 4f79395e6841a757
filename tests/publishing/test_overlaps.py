"""Two at once with posts, files and plans: where one holds a lock the other waits, and nothing that either did is lost."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils.timezone import now

from foundation.overtaking import Overtaken
from foundation.states import move_all
from networks.models import FallbackPlan, Outgoing, Profile
from networks.models.fallback import NO_PLAN
from networks.outbox import circuits
from networks.outbox.claims import begin_next_row
from organizations.actions.leaving import offboard_member
from organizations.configuration.quotas import QuotaReached
from organizations.models import Organization
from organizations.tenancy import scope
from publishing.actions.assets import describe_asset, upload_asset
from publishing.actions.fallback_plans import send_through_stand_in, set_fallback_plan
from publishing.actions.review import reject_post, submit_post
from publishing.actions.schedule import cancel_post, publish_now
from publishing.media.unused_files import purge_unused_files
from publishing.models import Asset, Delivery, Post
from teams.actions.pauses import pause_publishing
from tests import builders, media
from tests.few import Few
from tests.few import few as few
from tests.few import transactional_db as transactional_db
from tests.posts import create_post, edit_post
from tests.races import overlapping

AT = timedelta(minutes=31)


@pytest.fixture
def post(few: Few) -> Post:
    with scope(few.acme):
        return create_post(few.priya, text="Old", profiles=[few.x.pk])


def leaving(post: Post) -> list[tuple[str, str]]:
    rows = Outgoing.unscoped.filter(delivery__post=post)  # unscoped: between two scopes
    return [(row.state, row.draft["text"]) for row in rows.order_by("pk")]


def test_what_is_edited_while_it_is_scheduled_leaves_as_it_then_stands(few: Few, post: Post) -> None:
    """Else the post would show the new words, and the old ones would leave."""
    met = overlapping(
        "publishing.actions.post_outbox.lock_post",
        lambda: publish_now(few.priya, post),
        lambda: edit_post(few.priya, post, text="New"),
        of=few.acme,
    )
    assert met.waited
    assert leaving(post) == [("cancelled", "Old")]
    with scope(few.acme):
        assert Post.objects.get(pk=post.pk).revision.text == "New"


def test_of_two_who_saw_the_same_post_one_changes_it(few: Few, post: Post) -> None:
    seen = post.mark
    met = overlapping(
        "publishing.actions.post_outbox.lock_post",
        lambda: edit_post(few.priya, post, text="Priya's", seen=seen),
        lambda: edit_post(few.lena, post, text="Lena's", seen=seen),
        of=few.acme,
    )
    assert isinstance(met.second, Overtaken), met
    with scope(few.acme):
        assert Post.objects.get(pk=post.pk).revision.text == "Priya's"


def test_what_is_cancelled_at_the_moment_in_which_it_would_begin_does_not_begin(few: Few, post: Post) -> None:
    with scope(few.acme):
        publish_now(few.priya, post)
    met = overlapping(
        "publishing.actions.post_outbox.lock_thread_parts",
        lambda: cancel_post(few.priya, post),
        lambda: begin_next_row(now()),
        of=few.acme,
    )
    assert isinstance(met.first, Post), met
    assert (met.second, met.waited) == (None, False), "the sender passes over it"
    assert leaving(post) == [("cancelled", "Old")]


# --- a plan for a network that does not answer --------------------------------------------------------------------


@pytest.fixture
def page(few: Few) -> Profile:
    return builders.profile(few.acme, "facebook", sandbox=True)


def test_two_who_saw_no_plan_do_not_both_make_one(few: Few, page: Profile) -> None:
    def plan(text: str) -> FallbackPlan:
        return set_fallback_plan(few.olive, "x", after_minutes=30, profile=page, text=text, told=[], seen=NO_PLAN)

    met = overlapping(
        "publishing.actions.fallback_plans.lock_fallback_mark", lambda: plan("A"), lambda: plan("B"), of=few.acme
    )
    assert isinstance(met.second, Overtaken), met
    with scope(few.acme):
        assert FallbackPlan.objects.get().text == "A"


@pytest.fixture
def held_up(few: Few, page: Profile) -> Delivery:
    """By a practice network of its own that does not answer; a page would stand in."""
    silent = builders.profile(few.acme, "x", sandbox=True)
    with scope(few.acme):
        set_fallback_plan(few.olive, "x", after_minutes=30, profile=page, text="{text}", told=[])
        made = publish_now(few.olive, create_post(few.olive, text="Bread", profiles=[silent.pk]))
        for _ in range(circuits.FAILURES_OF_FEWER_PROFILES):
            circuits.record_network_failure(silent, "No answer.", now())
        return Delivery.objects.select_related("post", "profile", "revision").get(post=made)


def stands_in(few: Few, delivery: Delivery) -> bool:
    return send_through_stand_in(FallbackPlan.objects.select_related("profile").get(), delivery, now() + AT)


def test_what_stands_in_is_not_paused_until_it_does(few: Few, page: Profile, held_up: Delivery) -> None:
    met = overlapping(
        "publishing.actions.fallback_plans.lock_profile_holds",
        lambda: stands_in(few, held_up),
        lambda: (pause_publishing(few.olive, page), Delivery.objects.filter(profile=page).exists()),
        of=few.acme,
    )
    assert (met.first, met.waited) == (True, True), met
    assert met.second[1], "whoever paused sees what was before"


def test_what_is_stood_in_for_is_not_doubted_meanwhile(few: Few, held_up: Delivery) -> None:
    """An older state that is noticed at that moment takes rows of posts and profiles that somebody holds."""
    met = overlapping(
        "publishing.actions.fallback_plans.send_through_stand_in",
        lambda: stands_in(few, held_up),
        lambda: move_all(Outgoing.objects.filter(pk=held_up.outgoing_id), "doubt"),
        of=few.acme,
    )
    assert (met.first, met.waited) == (True, True), met


# --- files --------------------------------------------------------------------------------------------------------


@pytest.fixture
def asset(few: Few, settings, tmp_path) -> Asset:
    settings.MEDIA_ROOT = tmp_path
    with scope(few.acme):
        return upload_asset(few.priya, BytesIO(media.picture()))


def test_of_two_who_describe_a_picture_one_is_asked_to_look_again(few: Few, asset: Asset) -> None:
    seen = asset.mark
    met = overlapping(
        "publishing.actions.assets.describe_asset",
        lambda: describe_asset(few.priya, asset, alt_text="Bread", seen=seen),
        lambda: describe_asset(few.priya, asset, alt_text="Rolls", seen=seen),
        of=few.acme,
    )
    assert isinstance(met.second, Overtaken), met
    assert Asset.unscoped.get(pk=asset.pk).alt_text == "Bread"


def test_two_uploads_do_not_pass_the_limit_together(few: Few, asset: Asset) -> None:
    Organization.objects.filter(pk=few.acme.pk).update(quotas={"storage": 2 * asset.bytes})

    def upload() -> Asset:
        return upload_asset(few.priya, BytesIO(media.picture()))

    met = overlapping("publishing.media.storage_quota.require_storage", upload, upload, of=few.acme)
    assert isinstance(met.first, Asset), met
    assert (type(met.second), met.waited) == (QuotaReached, True)


def test_a_file_that_is_purged_at_that_moment_goes_into_no_post(few: Few, asset: Asset) -> None:
    Asset.unscoped.exclude(pk=asset.pk).delete()
    Asset.unscoped.filter(pk=asset.pk).update(created_at=now() - timedelta(days=31))
    met = overlapping(
        "publishing.media.unused_files.purge_batch",
        lambda: purge_unused_files(now()),
        lambda: create_post(few.priya, text="Bread", profiles=[few.x.pk], media=[asset.pk]),
        of=few.acme,
    )
    assert (met.first, met.waited) == (1, True), met
    assert isinstance(met.second, Exception)
    with scope(few.acme):
        assert not Post.objects.exists()


# --- leaving ------------------------------------------------------------------------------------------------------


def test_what_waits_for_somebody_who_leaves_is_not_decided_meanwhile(few: Few) -> None:
    """Or somebody would be given a right for what needs no decision any more."""
    with scope(few.acme):
        post = submit_post(few.olive, create_post(few.olive, text="Bread", profiles=[few.x.pk]))
    met = overlapping(
        "publishing.actions.post_handover.hand_over_approvals",
        lambda: offboard_member(few.olive, few.lena, successor=few.priya, successors={"approvals": few.priya}),
        lambda: reject_post(few.lena, post),
        of=few.acme,
    )
    assert met.waited
    assert not isinstance(met.first, Exception), met
