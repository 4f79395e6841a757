"""Our own counts equal a count from scratch, whatever came in whatever order and however often."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db.models import Count
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kombu.exceptions import OperationalError

from analytics.actions.own_counts import refresh_day, refresh_recent
from analytics.derive import day_of
from analytics.models import Rollup
from analytics.tasks import COUNT_DELAY, RECOUNT_DELAY, count, count_cache_key, request_count
from inbox.models import Conversation, Message
from networks.models import RemotePost
from tests.analytics.conftest import send

pytestmark = pytest.mark.usefixtures("in_acme")
BEGIN = datetime(2026, 3, 28, tzinfo=UTC)
moments = st.integers(0, 4 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
events = st.tuples(st.sampled_from(["post", "reply", "in", "again"]), moments)


def receive(profile, at):
    thread, _ = Conversation.objects.get_or_create(
        profile=profile, root_id="1", defaults={"kind": "direct", "last_message_at": at}
    )
    Message.objects.create(profile=profile, conversation=thread, direction="in", text="Hello", sent_at=at)


def from_scratch(profile, zone):
    found = {}
    sources = {
        "posts_sent": RemotePost.objects.filter(kind="post").values_list("published_at", flat=True),
        "replies_sent": RemotePost.objects.filter(kind="reply").values_list("published_at", flat=True),
        "messages_in": Message.objects.filter(direction="in").values_list("sent_at", flat=True),
    }
    for metric, moments_ in sources.items():
        for moment in moments_:
            key = metric, day_of(moment, zone)
            found[key] = found.get(key, 0) + 1
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(events, max_size=10))
def test_counting_by_change_equals_counting_from_scratch(cast, django_capture_on_commit_callbacks, story):
    zone = ZoneInfo("Europe/Madrid")
    for rows in (Rollup, RemotePost, Message):
        rows.objects.all().delete()
    for kind, at in story:
        with django_capture_on_commit_callbacks(execute=True):
            if kind in ("post", "reply"):
                send(cast.x, at=at, kind=kind)
                continue
            if kind == "in":
                receive(cast.x, at)
            refresh_day(cast.x, day_of(at, zone))
    kept = {(metric, day): value for metric, day, value in Rollup.objects.values_list("metric", "day", "value")}
    assert {key: value for key, value in kept.items() if value} == from_scratch(cast.x, zone)


def test_what_was_taken_away_is_counted_down(cast):
    receive(cast.x, BEGIN)
    refresh_day(cast.x, day_of(BEGIN, UTC))
    Message.objects.all().delete()
    refresh_day(cast.x, day_of(BEGIN, UTC))
    assert Rollup.objects.get(metric="messages_in").value == 0


@pytest.mark.usefixtures("bursts")
def test_a_burst_is_counted_once(cast, counts_asked, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            send(cast.x, at=BEGIN)
    assert [asked[3] for asked in counts_asked] == ["posts_sent"]
    assert Rollup.objects.get(metric="posts_sent").value == 3


@pytest.mark.usefixtures("bursts")
def test_what_goes_on_is_counted_now_and_then(cast, monkeypatch):
    waits = []
    monkeypatch.setattr(count, "apply_async", lambda args, **given: waits.append(given["countdown"]))
    asked = (cast.x.organization_id, cast.x.pk, BEGIN.date().isoformat(), "posts_sent")
    cache.delete_many([count_cache_key("count", asked), count_cache_key("counted", asked)])
    for _ in range(3):
        request_count(cast.x, BEGIN.date(), "posts_sent")
        cache.delete(count_cache_key("count", asked))  # the moment is over
        count(*asked)
    assert waits == [COUNT_DELAY, RECOUNT_DELAY, RECOUNT_DELAY]
    cache.delete(count_cache_key("counted", asked))
    request_count(cast.x, BEGIN.date(), "posts_sent")
    assert waits[-1] == COUNT_DELAY


def test_a_broker_that_is_away_costs_nothing_but_time(cast, monkeypatch, django_capture_on_commit_callbacks):
    def away(*args, **given):
        raise OperationalError("no broker")

    monkeypatch.setattr("analytics.tasks.count.apply_async", away)
    with django_capture_on_commit_callbacks(execute=True):
        send(cast.x, at=BEGIN)
    refresh_recent(cast.x, BEGIN)
    assert Rollup.objects.get(metric="posts_sent").value == 1


def test_a_quiet_day_makes_no_rows(cast):
    refresh_recent(cast.x, BEGIN)
    assert Rollup.objects.aggregate(n=Count("pk"))["n"] == 0


def test_posts_made_elsewhere_are_not_ours(cast):
    RemotePost.objects.create(profile=cast.x, remote_id="theirs", published_at=BEGIN)
    refresh_day(cast.x, day_of(BEGIN, UTC))
    assert not Rollup.objects.exists()
