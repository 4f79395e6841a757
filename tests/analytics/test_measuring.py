"""What was sent is measured by its age, and what the network says goes into the days."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings

from analytics.actions.planning import due_profiles, plan_posts, plan_profiles
from analytics.actions.storing import store_posts
from analytics.derive import changes_by_day
from analytics.measuring import measure_one
from analytics.models import Measurement, Rollup, Snapshot
from networks.contract import Metrics
from networks.errors import Disconnected, RateLimited
from networks.models import RemotePost
from organizations.tenancy import scope
from tests.analytics.conftest import send
from tests.analytics.test_derive import MADRID, stories

pytestmark = pytest.mark.usefixtures("in_acme")
BORN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def days(metric: str) -> dict[date, int]:
    return dict(Rollup.objects.filter(metric=metric).values_list("day", "value"))


def make_due() -> None:
    Measurement.objects.exclude(remote_post=None).update(due_at=now() - timedelta(seconds=1))


def test_a_sent_post_is_due_at_the_next_scan(cast):
    post = send(cast.x)
    assert post.measurement.due_at <= now()
    assert (cast.acme.pk, cast.x.pk) in due_profiles(now())


def test_replies_are_not_measured(cast):
    send(cast.x, kind="reply")
    assert not Measurement.objects.exclude(remote_post=None).exists()


def test_every_connected_profile_is_planned_once(cast):
    plan_profiles(now())
    plan_profiles(now())
    assert Measurement.objects.filter(remote_post=None).count() == 2
    with scope(cast.globex):
        assert Measurement.objects.filter(remote_post=None).count() == 1


def test_numbers_become_a_snapshot_and_a_day(cast, network):
    post = send(cast.x)
    network.posts = {post.remote_id: {"likes": 3, "impressions": 40, "bookmarks": 1}}
    measure_one(cast.x.pk)
    assert Snapshot.objects.get(remote_post=post).values == {"likes": 3, "impressions": 40}
    assert list(days("likes").values()) == [3]
    assert Measurement.objects.get(remote_post=post).due_at > now()


def test_only_the_growth_is_added(cast, network):
    post = send(cast.x)
    for likes in (3, 10, 10, 8):
        network.posts = {post.remote_id: {"likes": likes}}
        make_due()
        measure_one(cast.x.pk)
    assert list(days("likes").values()) == [8]
    assert Snapshot.objects.filter(remote_post=post).count() == 4


def test_growth_stands_on_the_day_it_was_seen_in_the_organizations_zone(cast, network):
    post = send(cast.x, at=BORN)
    for as_of, likes in ((BORN, 2), (BORN + timedelta(hours=11), 5), (BORN + timedelta(days=2), 6)):
        network.posts, network.as_of = {post.remote_id: {"likes": likes}}, as_of
        make_due()
        measure_one(cast.x.pk)
    assert days("likes") == {date(2026, 3, 1): 2, date(2026, 3, 2): 3, date(2026, 3, 3): 1}


def test_a_number_that_goes_missing_and_comes_back_is_neither_lost_nor_counted_twice(cast, network):
    post = send(cast.x)
    for values in ({"likes": 5, "clicks": 4}, {"likes": 6, "clicks": None}, {"likes": 6, "clicks": 9}):
        network.posts = {post.remote_id: values}
        network.missing = {"clicks": "Not today."} if values["clicks"] is None else {}
        make_due()
        measure_one(cast.x.pk)
    assert sum(days("clicks").values()) == 9
    assert sum(days("likes").values()) == 6


def test_what_was_never_known_has_no_day_at_all(cast, network):
    post = send(cast.x)
    network.posts, network.missing = {post.remote_id: {"likes": 1, "clicks": None}}, {"clicks": "Permission missing."}
    measure_one(cast.x.pk)
    assert days("clicks") == {}
    assert Measurement.objects.get(profile=cast.x, remote_post=None).missing == {"clicks": "Permission missing."}


def test_the_same_answer_twice_counts_once(cast, network):
    post = send(cast.x)
    network.posts, network.as_of = {post.remote_id: {"likes": 5}}, now()
    for _ in range(2):
        make_due()
        measure_one(cast.x.pk)
    assert list(days("likes").values()) == [5]
    assert Snapshot.objects.filter(remote_post=post).count() == 1


def test_a_rate_limit_puts_everything_off_until_its_reset(cast, network):
    post = send(cast.x)
    reset = now() + timedelta(minutes=7)
    network.fails = RateLimited("X asks us to wait.", retry_at=reset)
    measure_one(cast.x.pk)
    row = Measurement.objects.get(remote_post=post)
    assert (row.due_at, row.error) == (reset, "X asks us to wait.")
    assert not Rollup.objects.filter(metric="likes").exists()


def test_a_failure_keeps_its_reason_until_numbers_come_again(cast, network):
    post = send(cast.x)
    network.fails = Disconnected("X does not accept the sign-in any more.")
    measure_one(cast.x.pk)
    row = Measurement.objects.get(remote_post=post)
    assert row.error.startswith("X does not accept")
    assert row.due_at > now()
    network.fails, network.posts = None, {post.remote_id: {"likes": 1}}
    make_due()
    measure_one(cast.x.pk)
    row.refresh_from_db()
    assert row.error == ""


def test_a_post_that_is_gone_is_asked_again_and_says_so(cast, network):
    post = send(cast.x)
    measure_one(cast.x.pk)
    assert Measurement.objects.get(remote_post=post).error == "The network no longer shows this post."


def test_followers_are_the_last_of_the_day(cast, network):
    for hour, followers in ((1, 100), (2, 140), (3, 120)):
        network.profile, network.as_of = {"followers": followers}, BORN + timedelta(hours=hour)
        plan_profiles(now())
        Measurement.objects.update(due_at=now())
        measure_one(cast.x.pk)
    assert days("followers") == {date(2026, 3, 1): 120}


def test_a_worker_that_holds_the_rows_is_not_joined_by_a_second(cast, network):
    post = send(cast.x)
    network.posts = {post.remote_id: {"likes": 1}}
    measure_one(cast.x.pk)
    measure_one(cast.x.pk)
    assert len(network.asked) == 1


def test_a_post_whose_signal_was_lost_is_found_again(cast):
    post = send(cast.x)
    Measurement.objects.all().delete()
    plan_posts(cast.x, now())
    plan_posts(cast.x, now())
    assert Measurement.objects.filter(remote_post=post).count() == 1


def test_posts_made_elsewhere_are_left_alone(cast):
    RemotePost.objects.create(profile=cast.x, remote_id="theirs", published_at=now())
    plan_posts(cast.x, now())
    assert not Measurement.objects.exclude(remote_post=None).exists()


def test_a_disconnected_profile_is_not_asked(cast, network):
    post = send(cast.x)
    type(cast.x).objects.filter(pk=cast.x.pk).update(state="disconnected")
    measure_one(cast.x.pk)
    assert network.asked == []
    assert post.measurement.measured_at is None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=stories)
def test_the_days_kept_step_by_step_equal_those_computed_from_all_snapshots(cast, story):
    for rows in (Rollup, RemotePost):
        rows.objects.all().delete()
    post = send(cast.x, at=BORN)
    row = Measurement.objects.get(remote_post=post)
    told = []
    for as_of, values in sorted(story, key=lambda pair: pair[0]):
        for _ in range(2):  # a task that ran twice
            store_posts(cast.x, [row], [Metrics(post.remote_id, as_of, values)], now=as_of)
        told.append((as_of, values))
    kept = {(day, key): value for day, key, value in Rollup.objects.values_list("day", "metric", "value")}
    assert kept == dict(changes_by_day(told, MADRID))
    snapshots = post.snapshots.values_list("as_of", "values")
    assert kept == dict(changes_by_day(snapshots, MADRID))
