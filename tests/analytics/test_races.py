"""Two workers at once, on two connections."""

from functools import partial

import pytest
from django.utils.timezone import now

from analytics.actions.counting import refresh_day
from analytics.actions.planning import claim_due
from analytics.actions.storing import store_posts
from analytics.derive import day_of
from analytics.models import Measurement, Rollup
from networks.actions.outgoing import put_outgoing
from networks.contract import Draft, DraftKind, Metrics
from networks.models import RemotePost
from organizations.tenancy import scope
from tests.analytics.conftest import send
from tests.analytics.test_derive import MADRID
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_due_row_goes_to_one_worker(cast):
    for _ in range(20):
        send(cast.x)
    claims = at_once(cast.acme, *[lambda: [row.pk for row in claim_due(cast.x.pk, now())]] * 4)
    claimed = [pk for rows in claims for pk in rows]
    assert len(claims) == 4
    assert len(claimed) == len(set(claimed)) == 20 + 1  # the profile's own row too


def test_the_same_answer_stored_by_many_counts_once(cast):
    post = send(cast.x)
    with scope(cast.acme):
        row = Measurement.objects.get(remote_post=post)
    answer = Metrics(post.remote_id, now(), {"likes": 7})
    done = at_once(cast.acme, *[lambda: store_posts(cast.x, [row], [answer], now=now())] * 4)
    assert len(done) == 4
    with scope(cast.acme):
        assert Rollup.objects.get(metric="likes").value == 7


def test_a_count_that_began_early_does_not_overwrite_a_later_one(cast):
    at = now()
    day = day_of(at, MADRID)

    def publish_and_count(number: int) -> None:
        RemotePost.objects.create(profile=cast.x, remote_id=str(number), outgoing=rows[number], published_at=at)
        refresh_day(cast.x, day, ["posts_sent"])

    with scope(cast.acme):
        draft = Draft(DraftKind.POST, "Bread")
        rows = [put_outgoing(cast.x, draft, key=f"race:{number}", due_at=at) for number in range(6)]
    at_once(cast.acme, *[partial(publish_and_count, number) for number in range(6)])
    with scope(cast.acme):
        assert Rollup.objects.get(metric="posts_sent").value == RemotePost.objects.count() == 6
