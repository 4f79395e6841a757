"""Prometheus reads the outbox: text format 0.0.4, guarded, the same few queries whatever the history, no tenant's words."""

import re
from datetime import timedelta

import pytest
import redis
from django.utils.timezone import now
from prometheus_client.parser import text_string_to_metric_families

from networks.models import Circuit, Profile
from socialops import metrics
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SAMPLE = re.compile(r'socialops_\w+(\{\w+="[\w.+-]+"(,\w+="\w+")*\})? [\d.e+-]+')

FAMILIES = {  # with their labels: boards and alerts of operators name these
    "broker_up": "", "circuits_open": "network", "heartbeat_age_seconds": "process", "outbox_held_rows": "reason",
    "outbox_lateness_5m_seconds_bucket": "le", "outbox_lateness_5m_seconds_count": "", "outbox_lateness_5m_seconds_sum": "",
    "outbox_needs_person_rows": "", "outbox_overdue_rows": "", "outbox_overdue_seconds": "", "outbox_rows": "network place",
    "poll_lag_seconds": "", "profiles_disconnected": "network", "queue_tasks": "queue", "webhook_receipts_open": "",
}  # fmt: skip


def samples(client) -> dict[str, float]:
    text = client.get("/metrics").content.decode()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in text.splitlines() if line[0] != "#")}


def test_it_says_where_everything_stands(cast: Cast, client, lay) -> None:
    lay(minutes=-3)
    lay(minutes=60 * 24)
    lay("Lost", cast.page, minutes=-9, state="unknown", needs_person=True)
    lay("Late", cast.page, minutes=-9, held="too_late")
    lay(
        "Gone", minutes=-2, state="sent", sent_at=now() - timedelta(minutes=1), planned_at=now() - timedelta(seconds=62)
    )
    Profile.objects.filter(pk=cast.page.pk).update(state="disconnected")
    Circuit.objects.create(network="facebook", failures=5, failing_since=now(), opened_at=now())
    found = samples(client)
    assert found['socialops_circuits_open{network="facebook"}'] == 1
    assert found['socialops_outbox_rows{network="x",place="due"}'] == 1
    assert found['socialops_outbox_rows{network="facebook",place="unknown"}'] == 1
    assert found['socialops_outbox_held_rows{reason="disconnected"}'] == 1
    assert found["socialops_outbox_needs_person_rows"] == 1
    assert found["socialops_outbox_overdue_rows"] == 1
    assert 179 < found["socialops_outbox_overdue_seconds"] < 190
    assert found['socialops_profiles_disconnected{network="facebook"}'] == 1
    assert found['socialops_outbox_lateness_5m_seconds_bucket{le="1"}'] == 0
    assert found['socialops_outbox_lateness_5m_seconds_bucket{le="2.5"}'] == 1
    assert found["socialops_outbox_lateness_5m_seconds_count"] == 1
    assert found["socialops_broker_up"] == 1


def test_every_line_is_of_the_format(cast: Cast, client, lay) -> None:
    lay("Acme's secret plan", state="failed")
    answer = client.get("/metrics")
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    text = answer.content.decode()
    assert text.endswith("\n")
    for line in text.splitlines():
        assert line.startswith(("# HELP socialops_", "# TYPE socialops_")) or SAMPLE.fullmatch(line), line
    names = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(names) == len(set(names))
    assert "acme" not in text.lower()


def test_prometheus_finds_every_family_with_its_labels(cast: Cast, client, monkeypatch) -> None:
    monkeypatch.setattr(metrics.heartbeat, "seconds_since_heartbeat", lambda name: 1.5)
    families = list(text_string_to_metric_families(client.get("/metrics").content.decode()))
    found = {one.name: {" ".join(sample.labels) for sample in one.samples} for one in families}
    assert found == {f"socialops_{name}": {labels} for name, labels in FAMILIES.items()}
    assert {one.type for one in families} == {"gauge"}


def test_the_same_few_queries(cast: Cast, client, lay, django_assert_num_queries) -> None:
    for number in range(8):
        lay(minutes=-number, state="sent" if number % 2 else "waiting", sent_at=now())
    with django_assert_num_queries(9):
        client.get("/metrics")


def test_only_this_machine_reads_it_without_a_token(client) -> None:
    assert client.get("/metrics", REMOTE_ADDR="::1").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.9").status_code == 401
    assert client.get("/metrics", REMOTE_ADDR="").status_code == 401
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 401


def test_with_a_token_whoever_has_it(client, settings) -> None:
    settings.METRICS_TOKEN = "open-sesame"
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer open-sesamé"}).status_code == 401
    far = {"headers": {"Authorization": "Bearer open-sesame"}, "REMOTE_ADDR": "10.0.0.9"}
    assert client.get("/metrics", **far).status_code == 200
    assert client.post("/metrics", **far).status_code == 405


def test_without_redis_it_says_so(client, monkeypatch) -> None:
    def gone(name: str) -> float:
        raise redis.ConnectionError

    monkeypatch.setattr(metrics.heartbeat, "seconds_since_heartbeat", gone)
    assert samples(client)["socialops_broker_up"] == 0
