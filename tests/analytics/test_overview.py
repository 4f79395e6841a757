"""The figures of a period: sums and last values, the period before, and never a zero for what is not known."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.timezone import now

from analytics.access import analysed_profiles
from analytics.models import Measurement, Rollup
from analytics.period import Period, last_days
from analytics.queries.figures import list_figures
from analytics.queries.post_numbers import measured_posts
from foundation.errors import NotFound, PermissionDenied
from networks.models import Profile
from tests import builders
from tests.analytics.conftest import send

pytestmark = pytest.mark.usefixtures("in_acme")
MADRID = ZoneInfo("Europe/Madrid")
TODAY = now().astimezone(MADRID).date()
WEEK = last_days(7, TODAY)


def keep(profile, metric: str, days_ago: int, value: int) -> None:
    Rollup.objects.create(
        profile=profile, metric=metric, day=TODAY - timedelta(days=days_ago), value=value, as_of=now()
    )


def figures(*profiles, period: Period = WEEK):
    return {one.metric.key: one for one in list_figures(profiles, period, zone=MADRID)}


def test_days_are_added_up_and_compared_with_as_many_before(cast):
    for days_ago, value in ((0, 5), (6, 3), (7, 10), (13, 1), (14, 99)):
        keep(cast.x, "likes", days_ago, value)
    keep(cast.page, "likes", 0, 2)
    likes = figures(cast.x, cast.page)["likes"]
    assert (likes.value, likes.previous, likes.change) == (10, 11, -1)


def test_nothing_measured_is_not_zero(cast):
    keep(cast.x, "likes", 0, 0)
    found = figures(cast.x)
    assert (found["likes"].value, found["likes"].reason) == (0, None)
    assert found["clicks"].value is None
    assert found["clicks"].reason
    assert found["likes"].points[0] == (WEEK.first, None)
    assert found["likes"].points[-1] == (TODAY, 0)


def test_our_own_counts_are_zero_on_quiet_days_since_the_beginning(cast):
    Profile.objects.update(created_at=now() - timedelta(days=3))
    keep(cast.x, "posts_sent", 1, 2)
    sent = figures(*Profile.objects.filter(pk=cast.x.pk))["posts_sent"]
    assert sent.value == 2
    assert [value for _, value in sent.points] == [None, None, None, 0, 0, 2, 0]
    assert sent.previous is None


def test_the_reason_is_the_one_that_the_network_gave(cast):
    Measurement.objects.create(profile=cast.page, missing={"clicks": "Permission read_insights is missing."})
    found = figures(cast.page)
    assert found["clicks"].reason == "Permission read_insights is missing."


def test_the_reason_for_everything_is_the_trouble_of_the_profile(cast):
    Profile.objects.filter(pk=cast.x.pk).update(state="disconnected", state_reason="X wants a new sign-in.")
    assert figures(*Profile.objects.filter(pk=cast.x.pk))["followers"].reason == "X wants a new sign-in."


def test_followers_are_the_last_known_of_each_profile(cast):
    for profile, days_ago, value in ((cast.x, 9, 80), (cast.x, 5, 100), (cast.x, 1, 110), (cast.page, 3, 50)):
        keep(profile, "followers", days_ago, value)
    followers = figures(cast.x, cast.page)["followers"]
    assert (followers.value, followers.previous) == (160, 80)
    assert [value for _, value in followers.points] == [80, 100, 100, 150, 150, 160, 160]


def test_a_number_that_only_some_profiles_know_says_so(cast):
    keep(cast.x, "likes", 0, 1)
    keep(cast.page, "likes", 0, 1)
    keep(cast.page, "clicks", 0, 4)
    found = figures(cast.x, cast.page)
    assert (found["likes"].known_for, found["clicks"].known_for) == (None, 1)


def test_no_change_is_claimed_where_the_period_before_is_not_whole(cast):
    keep(cast.x, "likes", 8, 4)
    keep(cast.x, "likes", 0, 6)
    likes = figures(cast.x)["likes"]
    assert (likes.previous, likes.change) == (4, None)


def test_nothing_is_known_of_no_profiles_and_of_days_to_come(cast):
    assert all(one.value is None and one.reason for one in figures().values())
    future = Period(TODAY + timedelta(days=1), TODAY + timedelta(days=2))
    assert all(value is None for one in figures(cast.x, period=future).values() for _, value in one.points)


def test_the_number_of_queries_does_not_grow(cast, django_assert_num_queries):
    profiles = [cast.x, cast.page, *(builders.profile(cast.acme) for _ in range(4))]
    for profile in profiles:
        for days_ago in range(40):
            keep(profile, "likes", days_ago, 1)
            keep(profile, "followers", days_ago, 1)
    with django_assert_num_queries(5):
        list_figures(profiles, last_days(90, TODAY), zone=MADRID)
    with django_assert_num_queries(5):
        list_figures(profiles[:1], WEEK, zone=MADRID)


def test_who_may_see_whose_numbers(cast):
    assert {one.pk for one in analysed_profiles(cast.ana)} == {cast.x.pk, cast.page.pk}
    assert {one.pk for one in analysed_profiles(cast.vic)} == {cast.x.pk, cast.page.pk}
    assert analysed_profiles(cast.ed) == []
    assert len(analysed_profiles(cast.olive, team=str(cast.team.pk))) == 2
    with pytest.raises(PermissionDenied):
        analysed_profiles(cast.ed, profiles=[str(cast.x.pk)])
    for junk in (str(cast.theirs.pk), "x", "9" * 40):
        with pytest.raises(NotFound):
            analysed_profiles(cast.olive, profiles=[junk])
        with pytest.raises(NotFound):
            analysed_profiles(cast.olive, team=junk)


def test_posts_stand_in_order_and_the_unknown_last(cast):
    posts = [send(cast.x) for _ in range(4)]
    for post, likes in zip(posts, (3, None, -1, 7), strict=True):
        known = {} if likes is None else {"likes": likes}
        Measurement.objects.filter(remote_post=post).update(known=known)
    ranked = measured_posts([cast.x], WEEK, zone=MADRID, order="likes")
    assert [post.pk for post in ranked] == [posts[index].pk for index in (3, 0, 2, 1)]
    assert [post.pk for post in measured_posts([cast.x], WEEK, zone=MADRID)] == [post.pk for post in reversed(posts)]
    assert not measured_posts([cast.x], Period(date(2020, 1, 1), date(2020, 2, 1)), zone=MADRID)
