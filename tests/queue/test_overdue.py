"""What should have left is told: on Home, to admins once, in /readyz as a warning, by doctor."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils.timezone import now

from networks.models import Circuit, Outgoing, Profile
from organizations.models import Mail, Notification
from publishing.overdue import watch
from socialops import health
from socialops.home import home_of
from tests.cast import Cast


def notices() -> list[tuple[str, str, int]]:
    found = Notification.objects.filter(kind="overdue").select_related("member__user")
    return [(one.member.name, one.title, one.count) for one in found]


def test_admins_are_told_once(cast: Cast, lay) -> None:
    lay(minutes=-3)
    for minutes in range(3):
        watch(now() + timedelta(minutes=minutes))
    assert notices() == [("olive@acme.example", "1 should have left and has not", 1)]
    assert Mail.objects.filter(notices__kind="overdue").count() == 1


def test_read_and_still_so_is_not_told_again_for_an_hour(cast: Cast, lay) -> None:
    lay(minutes=-3)
    watch(now())
    Notification.objects.update(read_at=now())
    watch(now() + timedelta(minutes=30))
    assert len(notices()) == 1


def test_it_is_settled_when_it_has_left(cast: Cast, lay) -> None:
    row = lay(minutes=-3)
    watch(now())
    Outgoing.objects.filter(pk=row.pk).update(state="sent", sent_at=now())
    watch(now())
    assert not Notification.objects.filter(kind="overdue", read_at=None).exists()


@pytest.mark.parametrize(
    "known", [{"pause": "all"}, {"pause": "posts"}, {"state": "disconnected"}, {"held_until": "later"}]
)
def test_what_is_held_is_not_overdue(cast: Cast, lay, known: dict) -> None:
    lay(minutes=-3)
    Profile.objects.update(**known | ({"held_until": now() + timedelta(hours=1)} if "held_until" in known else {}))
    watch(now())
    assert notices() == []
    assert health.late_rows(now()) == ""


def test_home_shows_it_to_whoever_may_see_it(cast: Cast, lay) -> None:
    lay(minutes=-3)
    for member, told in ((cast.olive, True), (cast.cole, True), (cast.vic, False)):
        found = [item.title for item in home_of(member, now())["trouble"] if item.key == "overdue"]
        assert found == ["1 should have left and has not."] * told


def test_readyz_warns_and_stays_ready(cast: Cast, client, lay, monkeypatch) -> None:
    monkeypatch.setattr(health, "problems", dict)
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
    monkeypatch.setattr(health, "problems", dict)


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
