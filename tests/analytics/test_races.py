"""Two workers at once, on two connections."""

from functools import partial

import pytest
from django.utils.timezone import now

from analytics.actions.own_counts import refresh_day
from analytics.derive import day_of
from analytics.models import Rollup
from networks.actions.outgoing import enqueue_outgoing
from networks.contract import Draft, DraftKind
from networks.models import RemotePost
from organizations.tenancy import scope
from tests.analytics.test_derive import MADRID
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_count_that_began_early_does_not_overwrite_a_later_one(cast):
    at = now()
    day = day_of(at, MADRID)

    def publish_and_count(number: int) -> None:
        RemotePost.objects.create(profile=cast.x, remote_id=str(number), outgoing=rows[number], published_at=at)
        refresh_day(cast.x, day, ["posts_sent"])

    with scope(cast.acme):
        draft = Draft(DraftKind.POST, "Bread")
        rows = [enqueue_outgoing(cast.x, draft, key=f"race:{number}", due_at=at) for number in range(6)]
    at_once(cast.acme, *[partial(publish_and_count, number) for number in range(6)])
    with scope(cast.acme):
        assert Rollup.objects.get(metric="posts_sent").value == RemotePost.objects.count() == 6
