"""Two workers at the numbers of one profile: what one measures the other passes over, and an answer counts once."""

import pytest
from django.utils.timezone import now

from analytics.actions.measurement_planning import claim_measurements, plan_post_measurement
from analytics.actions.metric_storage import store_post_metrics
from analytics.models import Measurement, Rollup
from networks.contract import Metrics
from networks.models import RemotePost
from organizations.tenancy import scope
from tests.few import Few
from tests.few import few as few
from tests.few import transactional_db as transactional_db
from tests.races import overlapping


@pytest.fixture
def row(few: Few) -> Measurement:
    with scope(few.acme):
        post = RemotePost.objects.create(profile=few.x, remote_id="7", text="Bread", published_at=now())
        Measurement.objects.get_or_create(profile=few.x, remote_post=None, defaults={"due_at": now()})
        plan_post_measurement(post, now())
        return Measurement.objects.select_related("remote_post").get(remote_post=post)


def test_a_row_that_is_due_goes_to_one_worker(few: Few, row: Measurement) -> None:
    met = overlapping(
        "analytics.actions.measurement_planning.claim_measurements",
        lambda: claim_measurements(few.x.pk, now()),
        lambda: claim_measurements(few.x.pk, now()),
        of=few.acme,
    )
    assert row in met.first
    assert (met.second, met.waited) == ([], False)


def test_an_answer_that_two_bring_counts_once(few: Few, row: Measurement) -> None:
    answer = Metrics("7", now(), {"likes": 7})

    def store() -> None:
        store_post_metrics(few.x, [row], [answer], now=now())

    met = overlapping("analytics.actions.metric_storage.lock_profile_measurement", store, store, of=few.acme)
    assert (met.first, met.second, met.waited) == (None, None, True)
    with scope(few.acme):
        assert Rollup.objects.get(metric="likes").value == 7
