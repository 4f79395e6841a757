"""A network that refuses the operator's app: no post is at fault, so all of them wait, and everybody is told why."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from networks import readiness
from networks.models import Circuit, Outgoing, Profile
from networks.outbox import circuits
from networks.outbox.outcomes import APP_WAIT, GIVE_UP_AFTER
from organizations.models import Member, Notification, Organization
from organizations.tenancy import scope
from publishing.queries.queue import build_outlooks
from socialops.shell_context import list_banners
from tests import builders
from tests.outbox.conftest import Outbox

LATER = APP_WAIT + timedelta(seconds=1)


@pytest.fixture
def theirs(outbox: Outbox) -> Profile:
    """Another organization's profile on the same network, through the same app."""
    secrets = {"access_token": outbox.network.token}
    return builders.profile(builders.organization("elsewhere"), "x", secrets=secrets)


def told(profile: Profile) -> list[str]:
    with scope(profile.organization_id):
        return [one["text"] for one in list_banners(Member.objects.get()) if one["kind"] == "warning"]


def notices(profile: Profile) -> list[tuple[str, bool]]:
    with scope(profile.organization_id):
        rows = Notification.objects.filter(kind="network_down").order_by("pk")
        return [(row.title, row.read_at is not None) for row in rows]


@pytest.mark.parametrize("fault", ["no_credits", "wrong_app"])
def test_the_post_waits_and_so_does_everybody_elses(outbox: Outbox, theirs: Profile, fault: str) -> None:
    outbox.network.fail_next(fault)
    first, second = outbox.put("One"), outbox.put("Two")
    outbox.step()
    assert [outbox.row(row).state for row in (first, second)] == ["waiting", "waiting"]
    assert outbox.ledger(first) == [("send", "app refused")]
    assert outbox.ledger(second) == []
    assert Profile.unscoped.get(pk=outbox.profile.pk).held_until is None
    with scope(theirs.organization_id):
        assert Profile.objects.annotate(since=readiness.circuit_open_since()).get(pk=theirs.pk).since


def test_everybody_reads_why_and_the_admins_of_all_are_told_once(outbox: Outbox, theirs: Profile) -> None:
    outbox.network.fail_next("no_credits", times=2)
    row = outbox.put()
    for wait in (timedelta(0), LATER):
        outbox.step(after=wait)
        Circuit.objects.update(next_at=now() - timedelta(seconds=1))
    for profile in (outbox.profile, theirs):
        [banner] = told(profile)
        assert banner.startswith("X takes nothing from our app since")
        assert "The X app's credits are used up." in banner
        assert notices(profile) == [("X takes nothing from our app: posts wait until that is put right", False)]
    with scope(outbox.profile.organization_id):
        outlook = build_outlooks([row.pk], now())[row.pk]
    assert outlook.known.startswith("The X app's credits are used up.")
    assert outlook.next == "It leaves once that is put right."


def test_one_probe_each_quarter_of_an_hour_until_it_is_put_right(outbox: Outbox, theirs: Profile) -> None:
    outbox.network.fail_next("no_credits", times=3)
    rows = [outbox.put("One"), outbox.put("Two")]
    for tries in (1, 2, 3):
        for seconds in (0, 5):
            outbox.step(after=timedelta(seconds=seconds))
        assert sum(Outgoing.unscoped.values_list("attempt_count", flat=True)) == tries
        assert Circuit.objects.get().next_at > now() + APP_WAIT - timedelta(seconds=9)
        Circuit.objects.update(next_at=now())
    for seconds in (0, 5):
        outbox.step(after=timedelta(seconds=seconds))
    assert [outbox.row(row).state for row in rows] == ["sent", "sent"]
    assert told(outbox.profile) == told(theirs) == []
    assert [read for _title, read in notices(theirs)] == [True]


def test_it_is_never_given_up(outbox: Outbox) -> None:
    Organization.objects.update(too_late_minutes=None)  # whose posts never wait for a person
    outbox.network.fail_next("no_credits")
    row = outbox.put(at=now() - 3 * GIVE_UP_AFTER)
    with scope(outbox.profile.organization_id):
        outbox.send_next(now())
    assert outbox.row(row).state == "waiting"


def test_where_it_may_be_one_profiles_fault_that_one_waits_alone(outbox: Outbox, theirs: Profile) -> None:
    outbox.network.fail_next("app_lacks")
    first, second = outbox.put("One"), outbox.put("Two")
    outbox.step()
    assert [outbox.row(row).attempt_count for row in (first, second)] == [1, 0]
    held = outbox.row(first)
    assert (held.state, held.due_at) == ("waiting", held.profile.held_until)
    assert Circuit.objects.get().failure_mode == ""
    assert told(outbox.profile) == []
    with scope(outbox.profile.organization_id):
        assert build_outlooks([first.pk], now())[first.pk].known.startswith("The X app lacks a permission")
    outbox.step(after=LATER)
    assert [outbox.row(row).state for row in (first, second)] == ["sent", "sent"]


@pytest.mark.parametrize(("answers", "failure_mode"), [(False, "refuses"), (True, "")])
def test_a_second_profile_makes_it_everybodys_unless_one_was_let_in_between(
    outbox: Outbox, theirs: Profile, answers: bool, failure_mode: str
) -> None:
    secrets = {"access_token": outbox.network.token}
    others = [builders.profile(outbox.profile.organization, "x", secrets=secrets) for _ in range(2)]
    for number, profile in enumerate((outbox.profile, *(others if answers else others[:1]))):
        if not (answers and number == 1):
            outbox.network.fail_next("app_lacks")
        outbox.put(f"Post {number}", through=profile)
        outbox.step()
    assert Circuit.objects.get().failure_mode == failure_mode


def test_of_a_single_profile_it_is_everybodys(outbox: Outbox) -> None:
    Profile.unscoped.exclude(pk=outbox.profile.pk).update(state="disconnected")
    outbox.network.fail_next("app_lacks")
    outbox.put()
    outbox.step()
    assert Circuit.objects.get().failure_mode == "refuses"


def test_what_may_be_one_profiles_fault_is_given_up_after_a_day(outbox: Outbox) -> None:
    Organization.objects.update(too_late_minutes=None)  # whose posts never wait for a person
    outbox.network.fail_next("app_lacks")
    row = outbox.put(at=now() - GIVE_UP_AFTER - timedelta(minutes=1))
    with scope(outbox.profile.organization_id):
        outbox.send_next(now())
    assert outbox.row(row).state == "failed"
    assert outbox.row(row).reason.startswith("Given up after a day: The X app lacks a permission")


def test_a_network_that_falls_silent_meanwhile_is_told_of_as_such(outbox: Outbox) -> None:
    outbox.network.fail_next("no_credits")
    outbox.put()
    outbox.step()
    circuits.record_network_failure(outbox.profile, "No answer.", now())
    assert [read for _title, read in notices(outbox.profile)] == [True, False]
    [banner] = told(outbox.profile)
    assert banner.startswith("X has not answered since")


def test_what_is_not_known_is_looked_for_later(outbox: Outbox) -> None:
    outbox.network.fail_next("silent_after")
    outbox.network.fail_next("no_credits", read=True)
    row = outbox.put()
    for seconds in (0, 1):
        outbox.step(after=timedelta(seconds=seconds))
    assert outbox.ledger(row) == [("send", "unknown"), ("look", "could not look")]
    assert (outbox.row(row).state, outbox.row(row).needs_person) == ("unknown", False)
    outbox.step(after=LATER)
    assert outbox.row(row).state == "sent"
    assert outbox.network.published_texts() == ["Hello"]
