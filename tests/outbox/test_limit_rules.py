"""What follows from what a network says of its limits, for whom and for how long."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils.timezone import now

from networks.contract import (
    CallKind,
    RateLimit,
)
from networks.models import Cursor, Limit, Profile
from networks.outbox import (
    rate_limits,
    reach,
)
from tests.cast import Cast
from tests.outbox.pretended import AT, MINUTE, SECOND


class TestLimits:
    @pytest.mark.parametrize(
        ("counts", "used", "waits"),
        [
            (CallKind.READS, 0.94, []),
            (CallKind.READS, 0.95, ["reads"]),
            (CallKind.WRITES, 0.97, []),
            (CallKind.WRITES, 0.98, ["posts"]),
            (CallKind.WRITES, 0.999, ["posts"]),
            (CallKind.WRITES, 1, ["all"]),
            (CallKind.READS, 1, ["reads"]),
        ],
    )
    def test_what_follows_from_how_much_is_used(self, counts, used, waits) -> None:
        assert [str(one) for one in rate_limits.limits_to_hold(RateLimit(counts, used, AT))] == waits

    def test_what_is_used_up_holds_the_profile_or_all_who_share_the_app(self, cast: Cast, in_acme) -> None:
        rate_limits.record_limit(cast.x, RateLimit(CallKind.WRITES, 1.0, AT), AT)
        rate_limits.record_limit(cast.x, RateLimit(CallKind.WRITES, 1.0, AT - MINUTE), AT)
        assert Profile.objects.get(pk=cast.x.pk).held_until == AT
        assert Profile.objects.get(pk=cast.page.pk).held_until is None
        assert not Limit.objects.exists()
        rate_limits.record_limit(cast.x, RateLimit(CallKind.WRITES, 1.0, AT, whole_app=True), AT)
        rate_limits.record_limit(cast.x, RateLimit(CallKind.WRITES, 0.98, AT), AT)
        rate_limits.record_limit(cast.x, RateLimit(CallKind.READS, 0.95, AT + MINUTE), AT)
        rate_limits.record_limit(cast.x, RateLimit(CallKind.READS, 0.95, AT), AT)
        found = Limit.objects.values_list("network", "sandbox", "organization", "profile", "of", "until")
        assert set(found) == {
            ("x", False, None, None, "all", AT),
            ("x", False, None, cast.x.pk, "posts", AT),
            ("x", False, None, cast.x.pk, "reads", AT),
        }

    def test_a_later_reset_holds_it_longer(self, cast: Cast, in_acme) -> None:
        for until in (AT, AT + MINUTE):
            rate_limits.hold_profile(cast.x, until)
            assert Profile.objects.get(pk=cast.x.pk).held_until == until

    def test_what_is_asked_late_anyhow_is_asked_no_sooner(self, cast: Cast, in_acme) -> None:
        late = AT + timedelta(days=1)
        Cursor.objects.filter(profile=cast.x).delete()
        Cursor.objects.create(organization=cast.acme, profile=cast.x, next_poll_at=late)
        rate_limits.record_limit(cast.x, RateLimit(CallKind.READS, 0.9, AT), AT)
        assert Cursor.objects.get(profile=cast.x).next_poll_at == late

    def test_an_ear_hears_when_it_is_told(self, cast: Cast, in_acme, settings) -> None:
        Cursor.objects.filter(profile=cast.x).delete()
        Cursor.objects.create(organization=cast.acme, profile=cast.x, next_poll_at=AT)
        began = now()
        rate_limits.limit_recorder(cast.x)(RateLimit(CallKind.READS, 0.9, AT))
        wait = timedelta(seconds=4 * settings.INBOUND_POLL_SECONDS)
        assert began + wait <= Cursor.objects.get(profile=cast.x).next_poll_at <= now() + wait

    @pytest.mark.parametrize(
        ("counts", "used", "later"),
        [(CallKind.READS, 0.8, True), (CallKind.READS, 0.79, False), (CallKind.WRITES, 0.9, False)],
    )
    def test_a_profile_is_asked_less_often_when_little_is_left(
        self, cast: Cast, in_acme, settings, counts, used, later
    ) -> None:
        Cursor.objects.all().delete()
        for profile in (cast.x, cast.page):
            Cursor.objects.create(organization=cast.acme, profile=profile, next_poll_at=AT)
        rate_limits.record_limit(cast.x, RateLimit(counts, used, AT), AT)
        expected = AT + timedelta(seconds=4 * settings.INBOUND_POLL_SECONDS) if later else AT
        assert Cursor.objects.get(profile=cast.x).next_poll_at == expected
        assert Cursor.objects.get(profile=cast.page).next_poll_at == AT

    def test_an_ear_learns_for_its_profile_and_survives_the_database(
        self, cast: Cast, in_acme, monkeypatch, caplog
    ) -> None:
        until = now() + MINUTE
        rate_limits.limit_recorder(cast.x)(RateLimit(CallKind.WRITES, 1.0, until))
        assert Profile.objects.get(pk=cast.x.pk).held_until == until

        def fails(*given: object) -> None:
            raise DatabaseError

        monkeypatch.setattr(rate_limits, "record_limit", fails)
        rate_limits.limit_recorder(cast.x)(RateLimit(CallKind.WRITES, 1.0, until))
        assert caplog.records[-1].getMessage() == f"profile {cast.x.pk}: a limit was not noted: DatabaseError"

    def test_whom_it_is_about(self, cast: Cast, in_acme) -> None:
        assert reach.reach_of(cast.x) == {"network": "x", "sandbox": False, "organization_id": None}
        cast.x.sandbox = True
        assert reach.reach_of(cast.x) == {"network": "x", "sandbox": True, "organization_id": cast.acme.pk}

    @pytest.mark.parametrize(
        ("columns", "waits"),
        [
            ({}, True),
            ({"until": AT}, False),
            ({"of": "posts"}, False),
            ({"network": "facebook"}, False),
            ({"sandbox": True}, False),
            ({"organization": "globex"}, False),
            ({"profile": "page"}, False),
            ({"profile": None}, True),
            ({"organization": "acme"}, True),
        ],
    )
    def test_whether_reading_waits(self, cast: Cast, in_acme, columns, waits) -> None:
        usual = {"network": "x", "profile": cast.x, "of": "reads", "until": AT + SECOND}
        named = {
            key: getattr(cast, value) if value and key in ("profile", "organization") else value
            for key, value in columns.items()
        }
        Limit.objects.create(**(usual | named))
        Cursor.objects.all().delete()
        cursor = Cursor.objects.create(organization=cast.acme, profile=cast.x, next_poll_at=AT)
        assert Cursor.objects.filter(rate_limits.is_read_limited(AT), pk=cursor.pk).exists() is waits
