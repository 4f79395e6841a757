"""What was sent is measured by its age, and what the network says goes into the days."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import QuerySet
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings

from analytics.actions.measurement_planning import due_profiles, plan_missing_measurements, plan_profile_measurements
from analytics.actions.metric_storage import (
    count_own_parts,
    lock_profile_measurement,
    store_post_metrics,
    store_profile_metrics,
)
from analytics.cadence import next_post_measurement
from analytics.derive import changes_by_day
from analytics.measuring import measure_due_numbers
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
    plan_profile_measurements(now())
    plan_profile_measurements(now())
    assert Measurement.objects.filter(remote_post=None).count() == 2
    with scope(cast.globex):
        assert Measurement.objects.filter(remote_post=None).count() == 1


def test_numbers_become_a_snapshot_and_a_day(cast, network):
    post = send(cast.x)
    network.posts = {post.remote_id: {"likes": 3, "impressions": 40, "bookmarks": 1}}
    measure_due_numbers(cast.x.pk)
    assert Snapshot.objects.get(remote_post=post).values == {"likes": 3, "impressions": 40}
    assert list(days("likes").values()) == [3]
    assert Measurement.objects.get(remote_post=post).due_at > now()


def test_only_the_growth_is_added(cast, network):
    post = send(cast.x)
    for likes in (3, 10, 10, 8):
        network.posts = {post.remote_id: {"likes": likes}}
        make_due()
        measure_due_numbers(cast.x.pk)
    assert list(days("likes").values()) == [8]
    assert Snapshot.objects.filter(remote_post=post).count() == 4


def test_growth_stands_on_the_day_it_was_seen_in_the_organizations_zone(cast, network):
    post = send(cast.x, at=BORN)
    for as_of, likes in ((BORN, 2), (BORN + timedelta(hours=11), 5), (BORN + timedelta(days=2), 6)):
        network.posts, network.as_of = {post.remote_id: {"likes": likes}}, as_of
        make_due()
        measure_due_numbers(cast.x.pk)
    assert days("likes") == {date(2026, 3, 1): 2, date(2026, 3, 2): 3, date(2026, 3, 3): 1}


def test_a_number_that_goes_missing_and_comes_back_is_neither_lost_nor_counted_twice(cast, network):
    post = send(cast.x)
    for values in ({"likes": 5, "clicks": 4}, {"likes": 6, "clicks": None}, {"likes": 6, "clicks": 9}):
        network.posts = {post.remote_id: values}
        network.missing = {"clicks": "Not today."} if values["clicks"] is None else {}
        make_due()
        measure_due_numbers(cast.x.pk)
    assert sum(days("clicks").values()) == 9
    assert sum(days("likes").values()) == 6


def test_what_was_never_known_has_no_day_at_all(cast, network):
    post = send(cast.x)
    network.posts, network.missing = {post.remote_id: {"likes": 1, "clicks": None}}, {"clicks": "Permission missing."}
    measure_due_numbers(cast.x.pk)
    assert days("clicks") == {}
    assert Measurement.objects.get(profile=cast.x, remote_post=None).missing == {"clicks": "Permission missing."}


def test_the_same_answer_twice_counts_once(cast, network):
    post = send(cast.x)
    network.posts, network.as_of = {post.remote_id: {"likes": 5}}, now()
    for _ in range(2):
        make_due()
        measure_due_numbers(cast.x.pk)
    assert list(days("likes").values()) == [5]
    assert Snapshot.objects.filter(remote_post=post).count() == 1


def measured(post: RemotePost, network, replies: int | None) -> dict:
    network.posts = {post.remote_id: {"replies": replies}}
    make_due()
    measure_due_numbers(post.profile_id)
    return Measurement.objects.get(remote_post=post).known


def test_our_own_parts_are_no_replies_of_others(cast, network):
    post = send(cast.x)
    second = send(cast.x, kind="part", after=post)
    send(cast.x, kind="part", after=second)  # beneath the second part: the network does not count it at the first
    assert measured(post, network, 1) == {"replies": 0}
    assert measured(post, network, 4) == {"replies": 3}
    assert sum(days("replies").values()) == 3
    assert Snapshot.objects.filter(remote_post=post).latest("as_of").values == {"replies": 3}
    RemotePost.objects.filter(pk=second.pk).update(deleted_at=now())  # the network does not count it any more
    assert measured(post, network, 3) == {"replies": 3}


def test_a_part_that_the_network_has_not_counted_yet_takes_nobodys_reply_away(cast, network):
    post = send(cast.x)
    send(cast.x, kind="part", after=post)
    assert measured(post, network, 0) == {"replies": 0}
    assert measured(post, network, None) == {"replies": 0}


def test_the_parts_of_many_posts_are_counted_in_one_query(cast, network, django_assert_num_queries):
    rows = []
    for _ in range(3):
        post = send(cast.x)
        send(cast.x, kind="part", after=post)
        rows.append(post.outgoing_id)
    with django_assert_num_queries(1):
        assert count_own_parts([*rows, None]) == dict.fromkeys(rows, 1)


def test_a_rate_limit_puts_everything_off_until_its_reset(cast, network):
    post = send(cast.x)
    reset = now() + timedelta(minutes=7)
    network.fails = RateLimited("X asks us to wait.", retry_at=reset)
    measure_due_numbers(cast.x.pk)
    row = Measurement.objects.get(remote_post=post)
    assert (row.due_at, row.error) == (reset, "X asks us to wait.")
    assert not Rollup.objects.filter(metric="likes").exists()


def test_a_failure_keeps_its_reason_until_numbers_come_again(cast, network):
    post = send(cast.x)
    network.fails = Disconnected("X does not accept the sign-in any more.")
    measure_due_numbers(cast.x.pk)
    row = Measurement.objects.get(remote_post=post)
    assert row.error.startswith("X does not accept")
    assert row.due_at > now()
    network.fails, network.posts = None, {post.remote_id: {"likes": 1}}
    make_due()
    measure_due_numbers(cast.x.pk)
    row.refresh_from_db()
    assert row.error == ""


def test_a_reason_goes_when_the_number_comes(cast, network):
    post = send(cast.x)
    network.posts, network.missing = {post.remote_id: {"likes": None}}, {"likes": "X does not say."}
    own = Measurement.objects.filter(profile=cast.x, remote_post=None)
    measure_due_numbers(cast.x.pk)
    assert own.get().missing == Measurement.objects.get(remote_post=post).missing == {"likes": "X does not say."}
    network.posts = {post.remote_id: {"likes": 1}}
    make_due()
    measure_due_numbers(cast.x.pk)
    assert own.get().missing == Measurement.objects.get(remote_post=post).missing == {}


def test_a_failure_of_the_profile_is_over_when_its_posts_have_numbers(cast, network):
    post = send(cast.x)
    network.fails = Disconnected("X does not accept the sign-in any more.")
    plan_profile_measurements(now())
    measure_due_numbers(cast.x.pk)
    own = Measurement.objects.get(profile=cast.x, remote_post=None)
    assert own.error.startswith("X does not accept")
    store_post_metrics(cast.x, [post.measurement], [Metrics(post.remote_id, now(), {"likes": 1})], now=now())
    own.refresh_from_db()
    assert own.error == ""


def test_a_post_that_is_gone_is_asked_again_and_says_so(cast, network):
    post = send(cast.x)
    measure_due_numbers(cast.x.pk)
    assert Measurement.objects.get(remote_post=post).error == "The network no longer shows this post."


class TestTheProfilesOwnRow:
    """It is locked while numbers are written, says what its posts lack, and is made where there is none."""

    def test_is_made_by_whoever_needs_it_first(self, cast):
        post = send(cast.x)
        Measurement.objects.filter(remote_post=None).delete()
        store_post_metrics(cast.x, [post.measurement], [Metrics(post.remote_id, now(), {"likes": 1})], now=now())
        own = Measurement.objects.get(remote_post=None)
        assert (own.profile, own.due_at) == (cast.x, cast.x.created_at)

    def test_is_found_in_one_query_and_is_that_of_the_profile(self, cast, django_assert_num_queries):
        plan_profile_measurements(now())
        for profile in (cast.x, cast.page):
            with django_assert_num_queries(1):
                assert lock_profile_measurement(profile).profile_id == profile.pk

    def test_is_left_alone_where_somebody_has_just_made_it(self, cast, monkeypatch):
        plan_profile_measurements(now())
        monkeypatch.setattr(QuerySet, "first", lambda _self: None)
        assert lock_profile_measurement(cast.x) == Measurement.objects.get(profile=cast.x, remote_post=None)

    def test_says_what_any_of_its_posts_lacks_and_keeps_what_it_lacks_itself(self, cast, hints):
        first, second = send(cast.x), send(cast.x)
        hints.clear()
        store_profile_metrics(cast.x, Metrics("me", now(), {}, {"followers": "Ask again."}), now=now())
        answers = [
            Metrics(first.remote_id, now(), {}, {"likes": "Not today."}),
            Metrics(second.remote_id, now(), {"likes": 1}, {"clicks": "Never.", "likes": "But it is there."}),
        ]
        store_post_metrics(cast.x, [first.measurement, second.measurement], answers, now=now())
        own = Measurement.objects.get(profile=cast.x, remote_post=None)
        assert own.missing == {"followers": "Ask again.", "likes": "Not today.", "clicks": "Never."}
        assert hints == [(cast.acme.pk, "analytics", "", None, None)] * 2
        store_profile_metrics(cast.x, Metrics("me", now() + timedelta(hours=1), {"followers": 7}), now=now())
        own.refresh_from_db()
        assert own.missing == {"likes": "Not today.", "clicks": "Never."}

    def test_keeps_all_it_says_where_a_network_knows_none_of_the_posts(self, cast, hints):
        post = send(cast.x)
        hints.clear()
        store_profile_metrics(cast.x, Metrics("me", now(), {"followers": 7}), now=now())
        own = Measurement.objects.filter(profile=cast.x, remote_post=None)
        own.update(error="It was away.", missing={"likes": "Not today."})
        store_post_metrics(cast.x, [post.measurement], [], now=now())
        assert (own.get().error, own.get().missing) == ("It was away.", {"likes": "Not today."})
        assert len(hints) == 1

    def test_is_due_again_in_an_hour_and_remembers_the_newest(self, cast):
        at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # in Madrid it is the 2nd
        for as_of, followers in ((at, 7), (at - timedelta(hours=1), 5), (at, 6)):
            store_profile_metrics(cast.x, Metrics("me", as_of, {"followers": followers, "likes": 3}), now=at)
        own = Measurement.objects.get(profile=cast.x, remote_post=None)
        assert own.due_at == at + timedelta(hours=1)
        assert (own.measured_at, own.known, own.error) == (at, {"followers": 7}, "")
        (snapshot,) = Snapshot.objects.filter(profile=cast.x)
        assert (snapshot.remote_post, snapshot.as_of, snapshot.values, snapshot.missing) == (
            None,
            at,
            {"followers": 7},
            {},
        )
        row = Rollup.objects.get(metric="followers")
        assert (row.profile, row.day, row.value, row.as_of) == (cast.x, date(2026, 3, 2), 7, at)


def test_what_is_stored_of_a_post_says_as_of_when_and_what_it_lacks(cast, network):
    post = send(cast.x, at=BORN)
    later = BORN + timedelta(hours=2)
    for as_of, likes in ((later, 4), (BORN, 9), (later, 9)):
        answer = Metrics(post.remote_id, as_of, {"likes": likes, "followers": 1}, {"clicks": "Never.", "likes": "So."})
        store_post_metrics(cast.x, [post.measurement], [answer], now=later)
    row = Measurement.objects.get(remote_post=post)
    assert (row.measured_at, row.known, row.missing) == (later, {"likes": 4}, {"clicks": "Never."})
    assert row.due_at == next_post_measurement(BORN, later)
    (snapshot,) = Snapshot.objects.filter(remote_post=post)
    assert (snapshot.profile, snapshot.as_of) == (cast.x, later)
    assert (snapshot.values, snapshot.missing) == ({"likes": 4}, {"clicks": "Never."})


@pytest.mark.parametrize("hours", [(3, 1), (1, 3)])
def test_a_day_is_as_of_the_newest_answer_that_it_holds(cast, hours):
    for hour in hours:
        post = send(cast.x, at=BORN)
        answer = Metrics(post.remote_id, BORN + timedelta(hours=hour), {"likes": 2, "replies": 0})
        store_post_metrics(cast.x, [post.measurement], [answer], now=BORN)
    other = send(cast.page, at=BORN)
    store_post_metrics(cast.page, [other.measurement], [Metrics(other.remote_id, BORN, {"likes": 8})], now=BORN)
    row = Rollup.objects.get(profile=cast.x, metric="likes")
    assert (row.value, row.as_of) == (4, BORN + timedelta(hours=3))
    assert Rollup.objects.get(profile=cast.page, metric="likes").value == 8


def test_the_numbers_of_many_posts_are_stored_with_few_questions(cast, django_assert_num_queries):
    posts = [send(cast.x) for _ in range(3)]
    rows = [post.measurement for post in posts]
    lock_profile_measurement(cast.x)
    for many in (rows[:1], rows):
        with django_assert_num_queries(5 + len(many)):  # a savepoint's two, the profile, the posts, their parts
            store_post_metrics(cast.x, many, [], now=now())


def test_followers_are_the_last_of_the_day(cast, network):
    for hour, followers in ((1, 100), (2, 140), (3, 120)):
        network.profile, network.as_of = {"followers": followers}, BORN + timedelta(hours=hour)
        plan_profile_measurements(now())
        Measurement.objects.update(due_at=now())
        measure_due_numbers(cast.x.pk)
    assert days("followers") == {date(2026, 3, 1): 120}


def test_a_worker_that_holds_the_rows_is_not_joined_by_a_second(cast, network):
    post = send(cast.x)
    network.posts = {post.remote_id: {"likes": 1}}
    measure_due_numbers(cast.x.pk)
    measure_due_numbers(cast.x.pk)
    assert len(network.asked) == 1


def test_a_post_whose_signal_was_lost_is_found_again(cast):
    post = send(cast.x)
    Measurement.objects.all().delete()
    plan_missing_measurements(cast.x, now())
    plan_missing_measurements(cast.x, now())
    assert Measurement.objects.filter(remote_post=post).count() == 1


def test_posts_made_elsewhere_are_left_alone(cast):
    RemotePost.objects.create(profile=cast.x, remote_id="theirs", published_at=now())
    plan_missing_measurements(cast.x, now())
    assert not Measurement.objects.exclude(remote_post=None).exists()


def test_a_disconnected_profile_is_not_asked(cast, network):
    post = send(cast.x)
    type(cast.x).objects.filter(pk=cast.x.pk).update(state="disconnected")
    measure_due_numbers(cast.x.pk)
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
            store_post_metrics(cast.x, [row], [Metrics(post.remote_id, as_of, values)], now=as_of)
        told.append((as_of, values))
    kept = {(day, key): value for day, key, value in Rollup.objects.values_list("day", "metric", "value")}
    assert kept == dict(changes_by_day(told, MADRID))
    snapshots = post.snapshots.values_list("as_of", "values")
    assert kept == dict(changes_by_day(snapshots, MADRID))
