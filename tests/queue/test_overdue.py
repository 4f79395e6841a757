"""What should have left is told: on Home, to admins once, in /readyz as a warning, by doctor."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.utils.timezone import now

from networks.models import Circuit, Limit, Outgoing, Profile
from organizations.models import Mail, Notification
from publishing.planning.overdue_notices import watch_overdue_rows
from socialops import health
from socialops.management.commands.doctor import HINDERED, WELL
from socialops.overview.home_summary import home_context
from tests.cast import Cast


def notices() -> list[tuple[str, str, int]]:
    found = Notification.objects.filter(kind="overdue").select_related("member__user")
    return [(one.member.name, one.title, one.count) for one in found]


def test_admins_are_told_once(cast: Cast, lay) -> None:
    lay(minutes=-3)
    for minutes in range(3):
        watch_overdue_rows(now() + timedelta(minutes=minutes))
    assert notices() == [("olive@acme.example", "1 should have left and has not", 1)]
    assert Mail.objects.filter(notices__kind="overdue").count() == 1


def test_read_and_still_so_is_not_told_again_for_an_hour(cast: Cast, lay) -> None:
    lay(minutes=-3)
    watch_overdue_rows(now())
    Notification.objects.update(read_at=now())
    watch_overdue_rows(now() + timedelta(minutes=30))
    assert len(notices()) == 1


def test_it_is_settled_when_it_has_left(cast: Cast, lay) -> None:
    row = lay(minutes=-3)
    watch_overdue_rows(now())
    Outgoing.objects.filter(pk=row.pk).update(state="sent", sent_at=now())
    watch_overdue_rows(now())
    assert not Notification.objects.filter(kind="overdue", read_at=None).exists()


@pytest.mark.parametrize(
    "known", [{"pause": "all"}, {"pause": "posts"}, {"state": "disconnected"}, {"held_until": "later"}]
)
def test_what_is_held_is_not_overdue(cast: Cast, lay, known: dict) -> None:
    lay(minutes=-3)
    Profile.objects.update(**known | ({"held_until": now() + timedelta(hours=1)} if "held_until" in known else {}))
    watch_overdue_rows(now())
    assert notices() == []
    assert health.describe_late_rows(now()) == ""


def test_home_shows_it_to_whoever_may_see_it(cast: Cast, lay) -> None:
    lay(minutes=-3)
    for member, told in ((cast.olive, True), (cast.cole, True), (cast.vic, False)):
        found = [item.title for item in home_context(member, now())["trouble"] if item.key == "overdue"]
        assert found == ["1 should have left and has not."] * told


def test_readyz_warns_and_stays_ready(cast: Cast, client, lay, monkeypatch) -> None:
    monkeypatch.setattr(health, "find_missing", dict)
    assert client.get("/readyz").json() == {"ready": True, "missing": {}, "warnings": {}}
    lay(minutes=-3)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["warnings"]["outbox"].startswith("1 should have left, the first 180 s ago")


def diagnosis() -> tuple[str, int]:
    out = io.StringIO()
    try:
        call_command("doctor", stdout=out)
    except SystemExit as ended:
        return out.getvalue(), int(ended.code or 0)
    return out.getvalue(), 0


@pytest.fixture
def practice(cast: Cast, in_acme, monkeypatch) -> None:
    """Only practice profiles, and every process there."""
    Profile.unscoped.update(sandbox=True)
    monkeypatch.setattr(health, "find_missing", dict)


@pytest.mark.usefixtures("practice")
def test_doctor_is_content_with_remarks(lay, settings) -> None:
    settings.NETWORK_APPS = {}
    lay(minutes=-9, state="unknown", needs_person=True)
    Circuit.objects.create(network="facebook", failures=5, failing_since=now(), opened_at=now(), reason="503")
    said, status = diagnosis()
    assert status == 0
    assert "· settings: X_CLIENT_ID, X_CLIENT_SECRET not set; nothing needs it before" in said
    assert "· outbox: 1 of acme wait for a person" in said
    assert "· network: facebook does not answer since" in said
    assert "· queues: 0 in default" in said


@pytest.mark.usefixtures("practice")
@pytest.mark.parametrize(
    ("hinders", "said"),
    [
        ("circuit", "x (practice) does not answer since 2026-11-22 09:00 UTC: 503. It is tried again at "),
        ("refusal", "x (practice) takes nothing from our app since 2026-11-22 09:00 UTC: 503. It is tried again at "),
        (Limit.Of.ALL, "x (practice) takes no more from our app until "),
        (Limit.Of.POSTS, "x (practice) takes no more posts from our app, only replies, until "),
    ],
)
def test_doctor_names_what_holds_a_network(cast: Cast, lay, settings, hinders: str, said: str) -> None:
    settings.NETWORK_APPS = {}
    about = {"network": "x", "sandbox": True, "organization": cast.acme}
    began, ends = datetime(2026, 11, 22, 9, tzinfo=UTC), now() + timedelta(minutes=9)
    if hinders in ("circuit", "refusal"):
        stamps = {"failing_since": began, "opened_at": began, "next_at": ends, "failures": 5 * (hinders == "circuit")}
        Circuit.objects.create(**about, **stamps, reason="503")
    else:
        Limit.objects.create(**about, of=hinders, until=ends)
    found, status = diagnosis()
    assert f"· network: {said}{ends:%Y-%m-%d %H:%M} UTC" in found
    assert (HINDERED in found, WELL in found, status) == (True, False, 0)
    lay("Next hour", minutes=60)
    lay("A reply", minutes=0, priority=0)
    assert diagnosis()[1] == 0
    row = lay("Bread", minutes=-3, due_at=ends)
    found, status = diagnosis()
    assert f"✗ network: {said}" in found
    assert f"1 should have left, the first at {row.planned_at:%Y-%m-%d %H:%M} UTC; they leave by themselves." in found
    assert status == 1


@pytest.mark.usefixtures("practice")
def test_doctor_counts_profiles_that_wait_by_themselves(cast: Cast, settings) -> None:
    settings.NETWORK_APPS = {}
    assert WELL in diagnosis()[0]
    Profile.objects.filter(pk=cast.x.pk).update(held_until=now() + timedelta(minutes=9))
    of = {"network": "facebook", "sandbox": True, "organization": cast.acme, "until": now() + timedelta(minutes=9)}
    Limit.objects.create(profile=cast.page, of=Limit.Of.POSTS, **of)
    Limit.objects.create(of=Limit.Of.READS, **of)
    said, status = diagnosis()
    assert "· network: 1 profiles on x wait" in said
    assert "· network: 1 profiles on facebook wait" in said
    assert "· network: facebook (practice) is not asked by our app what is new until" in said
    assert status == 0


@pytest.mark.usefixtures("practice")
def test_doctor_names_what_is_wrong(lay, settings) -> None:
    settings.NETWORK_APPS = {}
    Profile.unscoped.filter(network="x").update(sandbox=False)
    lay(minutes=-3)
    lay(
        "Lost",
        Profile.objects.get(network="facebook"),
        minutes=-9,
        state="sending",
        lease_until=now() - timedelta(minutes=5),
    )
    lay("Unsure", Profile.objects.get(network="facebook"), minutes=-9, state="unknown")
    said, status = diagnosis()
    assert status == 1
    assert "✗ outbox: 1 should have left" in said
    assert "✗ outbox: 1 began and were never settled" in said
    assert "✗ outbox: 1 may be on the network" in said
    assert "✗ settings: X_CLIENT_ID is not set" in said
    assert "· settings: META_APP_ID" in said
