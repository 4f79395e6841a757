"""What an organization may use: shown before it is reached, told from 80 % on, refused in words when it is used up."""

import json
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.timezone import now

from foundation.processes import realtime, redis_permits
from organizations.configuration.quota_watch import watch_quotas
from organizations.configuration.usage_quotas import calls_key, streams_key
from organizations.models import Notification, Organization
from socialops.celery import app
from socialops.overview.activity_words import ACTIVITY_SENTENCES
from tests.cast import Cast
from tests.rest.caller import caller


@pytest.fixture(autouse=True)
def _nothing_counted(db: None) -> Iterator[None]:
    yield
    for key in realtime.redis_client().scan_iter("socialops:limit:calls-of:*"):
        realtime.redis_client().delete(key)
    for key in realtime.redis_client().scan_iter("socialops:places:*"):
        realtime.redis_client().delete(key)


def grant(slug: str = "acme", **limits: int | str) -> dict[str, int]:
    out = StringIO()
    given = [part for name, limit in limits.items() for part in (f"--{name.replace('_', '-')}", str(limit))]
    call_command("set_quota", "--organization", slug, *given, stdout=out)
    return dict(json.loads(out.getvalue()))


def test_the_operator_grants_another_amount_and_takes_it_back(acme: Organization) -> None:
    assert grant(storage_gb=3, streams=7) == {"calls": 500_000, "streams": 7, "storage": 3_000_000_000}
    assert grant(storage_gb="default")["storage"] == 20_000_000_000
    assert grant()["streams"] == 7
    assert "organization.quotas_changed" in ACTIVITY_SENTENCES


@pytest.mark.parametrize("wrong", ["0", "many", "-1", "1.5"])
def test_wrong_amounts_are_one_line(acme: Organization, wrong: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("set_quota", "--organization", "acme", f"--streams={wrong}")
    assert "\n" not in str(refused.value)


def test_calls_of_all_tokens_of_an_organization_are_counted(cast: Cast) -> None:
    grant(calls_per_day=3)
    one, another, theirs = caller(cast.olive), caller(cast.ed), caller(cast.mallory)
    assert [program.get("profiles/").status_code for program in (one, another, one)] == [200, 200, 200]
    refused = another.get("profiles/")
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 86_400
    assert "Your organization has made the 3 REST calls" in refused.json()["detail"]
    assert theirs.get("profiles/").status_code == 200


def test_the_settings_page_shows_use_and_limit_to_admins(cast: Cast, sign_in) -> None:
    grant(calls_per_day=10)
    caller(cast.olive).get("profiles/")
    page = sign_in(cast.olive).get("/o/acme/settings/").content.decode()
    assert "1 of 10" in page
    assert "0.0 of 20 GB" in page
    assert "0 of 1,000" in page
    assert "0.0 of 20 GB" not in sign_in(cast.vic).get("/o/acme/settings/").content.decode()


def test_what_is_not_known_is_not_called_nothing(cast: Cast, sign_in, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_permits, "redis_client", away)
    assert redis_permits.acquire_permit("x", "me", 1)
    page = sign_in(cast.olive).get("/o/acme/settings/").content.decode()
    assert "Not known right now" in page
    assert "0 of 1,000" not in page


def away() -> None:
    import redis

    raise redis.ConnectionError


def test_owners_are_told_from_80_percent_on_and_once(cast: Cast, in_acme: None) -> None:
    grant(streams=5)
    hold(cast.acme, 3)
    watch_quotas(now())
    assert told() == []
    hold(cast.acme, 4)
    watch_quotas(now())
    watch_quotas(now())
    assert told() == [(cast.olive.pk, "quota-near-streams", 1)]
    hold(cast.acme, 5)
    watch_quotas(now())
    assert (cast.olive.pk, "quota-full-streams", 1) in told()
    for number in range(5):
        redis_permits.release_permit(streams_key(cast.acme.pk), str(number))
    watch_quotas(now())
    assert told() == []
    assert not Notification.unscoped.filter(organization=cast.globex, kind="quota").exists()


def told() -> list[tuple[int, str, int]]:
    rows = Notification.objects.filter(kind="quota", read_at=None)
    return list(rows.order_by("pk").values_list("member_id", "cause", "count"))


def hold(organization: Organization, count: int) -> None:
    for number in range(count):
        assert redis_permits.acquire_permit(streams_key(organization.pk), str(number), 5)


def test_places_are_renewed_and_no_more_than_there_are(acme: Organization) -> None:
    hold(acme, 5)
    assert not redis_permits.acquire_permit(streams_key(acme.pk), "sixth", 5)
    assert redis_permits.acquire_permit(streams_key(acme.pk), "0", 5), "who has one keeps it"
    assert redis_permits.count_permits(streams_key(acme.pk)) == 5
    redis_permits.release_permit(streams_key(acme.pk), "0")
    assert redis_permits.acquire_permit(streams_key(acme.pk), "sixth", 5)


def test_beat_wakes_the_watch() -> None:
    assert "organizations.tasks.watch_use" in {one["task"] for one in app.conf.beat_schedule.values()}


def test_a_refused_page_is_no_call(cast: Cast, client: Client) -> None:
    client.get("/api/v1/profiles/")
    assert realtime.redis_client().keys(f"socialops:limit:{calls_key(cast.acme.pk)}:*") == []
