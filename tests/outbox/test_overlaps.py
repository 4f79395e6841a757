"""Two workers, or a worker and a person, at the same row of the outbox: one waits, passes over it, or finds it taken."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from foundation.errors import Conflict
from foundation.states import Stale, move_all
from networks import access, errors
from networks.actions.backlog import BacklogDecision, settle_backlog
from networks.actions.labels import add_label
from networks.actions.outgoing import cancel_outgoing, delete_remote_post, enqueue_chain
from networks.actions.policy import set_needs_approval
from networks.actions.profiles import refresh_profile
from networks.actions.restoring import detect_restoration
from networks.contract import Draft, DraftKind, Identity, Published, Pushes
from networks.incoming.intake import claim_poll, digest_receipt, store_receipt
from networks.incoming.receipt_retention import purge_read_receipts
from networks.models import Attempt, Circuit, Credential, Outgoing, Profile, Pulse, RemotePost, Restoration
from networks.models import WebhookReceipt as Receipt
from networks.outbox import circuits
from networks.outbox.claims import begin_next_row, claim_row_to_look_for, mark_lost
from networks.outbox.outcomes import outcome_of_published
from networks.outbox.reconciling import begin_look
from networks.outbox.settling import settle_row
from networks.outbox.uploading import claim_upload_ahead, extend_lease
from organizations.actors import System
from organizations.models import AuditEntry
from organizations.tenancy import scope
from tests import builders
from tests.few import Few
from tests.few import few as few
from tests.few import transactional_db as transactional_db
from tests.outbox.rows import put
from tests.races import overlapping


def there(number: str = "7") -> Any:
    return outcome_of_published(Published(number, f"https://x.com/i/status/{number}"))


@pytest.fixture
def row(few: Few) -> Outgoing:
    with scope(few.acme):
        return put(few.x)


@pytest.fixture
def begun(few: Few, row: Outgoing) -> tuple[Outgoing, Attempt]:
    with scope(few.acme):
        return begin_next_row(now())


def fresh(row: Outgoing) -> Outgoing:
    return Outgoing.unscoped.select_related("profile").get(pk=row.pk)  # unscoped: between two scopes


# --- taking a row -------------------------------------------------------------------------------------------------


def test_two_senders_begin_one_row_of_a_profile(few: Few, row: Outgoing) -> None:
    with scope(few.acme):
        put(few.x)
    met = overlapping(
        "networks.outbox.lanes.NEXT_ROW_SQL",
        lambda: begin_next_row(now()),
        lambda: begin_next_row(now()),
        of=few.acme,
        sql="EXECUTE outbox_next",
    )
    assert (met.first[0], met.first[1].kind) == (row, "send")
    assert (met.second, met.waited) == (None, False)


def test_of_two_who_move_a_row_one_finds_it_moved(few: Few, row: Outgoing) -> None:
    met = overlapping(
        "foundation.states.move",
        lambda: cancel_outgoing(row),
        lambda: begin_next_row(now()) is not None,
        of=few.acme,
    )
    assert (type(met.first), met.second) == (Stale, True)
    assert fresh(row).state == "sending"


def test_who_lost_the_claim_cannot_settle(few: Few, begun: tuple[Outgoing, Attempt]) -> None:
    def pass_on() -> None:
        Outgoing.objects.filter(pk=begun[0].pk).update(claim=uuid.uuid4())

    met = overlapping("foundation.states.move", lambda: settle_row(*begun, there()), pass_on, of=few.acme)
    assert met.first is False
    assert fresh(begun[0]).state == "sending"


def test_what_has_begun_meanwhile_is_not_moved_with_the_others(few: Few, row: Outgoing) -> None:
    rows = Outgoing.objects.filter  # asked in the scope of each
    met = overlapping(
        "foundation.states.move_all",
        lambda: move_all(rows(pk=row.pk), "postpone", due_at=now()),
        lambda: cancel_outgoing(fresh(row)),
        of=few.acme,
    )
    assert (met.first, met.second) == (0, None)
    assert fresh(row).state == "cancelled"


def test_a_part_that_is_cancelled_is_not_freed_by_the_part_before(few: Few) -> None:
    with scope(few.acme):
        drafts = [Draft(kind=DraftKind.POST, text=text) for text in ("One", "Two")]
        first = enqueue_chain(few.x, drafts, key=str(uuid.uuid4()), due_at=now())
        second = Outgoing.objects.get(after=first)
        begun = begin_next_row(now())
    met = overlapping(
        "networks.outbox.chains.update_parts_behind",
        lambda: settle_row(*begun, there()),
        lambda: cancel_outgoing(second),
        of=few.acme,
    )
    assert (met.first, met.second) == (True, None)
    assert (fresh(second).state, fresh(second).held) == ("cancelled", "chain")


def test_whose_row_was_taken_away_brings_no_more_files(few: Few, begun: tuple[Outgoing, Attempt]) -> None:
    met = overlapping(
        "networks.outbox.uploading.extend_lease",
        lambda: extend_lease(begun[0]),
        lambda: mark_lost(fresh(begun[0]), now()),
        of=few.acme,
    )
    assert (type(met.first), met.second) == (errors.NotSent, True)


def test_files_go_ahead_once(few: Few, row: Outgoing) -> None:
    Outgoing.unscoped.filter(pk=row.pk).update(bring_at=now() - timedelta(days=900), due_at=now() + timedelta(hours=1))
    met = overlapping(
        "networks.outbox.uploading.claim_upload_ahead",
        lambda: claim_upload_ahead(now()),
        lambda: claim_upload_ahead(now()),
        of=None,
    )
    assert (met.first, met.waited) == (row, False)
    assert met.second != row


# --- looking ------------------------------------------------------------------------------------------------------


@pytest.fixture
def unknown(few: Few, begun: tuple[Outgoing, Attempt]) -> Outgoing:
    assert mark_lost(begun[0], now())
    Outgoing.unscoped.filter(pk=begun[0].pk).update(due_at=now() - timedelta(days=900))
    return fresh(begun[0])


def test_two_who_look_take_two_rows(unknown: Outgoing) -> None:
    met = overlapping(
        "networks.outbox.claims.claim_row_to_look_for",
        lambda: claim_row_to_look_for(now()),
        lambda: claim_row_to_look_for(now()),
        of=None,
    )
    assert met.first.outgoing_id == unknown.pk
    assert met.second is None or met.second.outgoing_id != unknown.pk
    assert not met.waited


def test_nothing_begins_on_a_profile_that_is_about_to_be_looked_at(few: Few, unknown: Outgoing) -> None:
    with scope(few.acme):
        put(few.x)
    met = overlapping(
        "networks.outbox.reconciling.begin_look",
        lambda: begin_look(unknown, now()),
        lambda: begin_next_row(now()),
        of=few.acme,
    )
    assert isinstance(met.first, Attempt), met
    assert (met.second, met.waited) == (None, False)


# --- a network's circuit --------------------------------------------------------------------------------------------


@pytest.fixture
def practice(few: Few) -> Profile:
    """On a practice network, whose circuit is the organization's own."""
    return builders.profile(few.acme, "x", sandbox=True)


@pytest.fixture
def circuit(few: Few, practice: Profile) -> Circuit:
    with scope(few.acme):
        for _ in range(circuits.FAILURES_OF_FEWER_PROFILES):
            circuits.record_network_failure(practice, "No answer.", now())
        return Circuit.objects.get(organization=few.acme)


def test_two_failures_at_once_are_two(few: Few, practice: Profile) -> None:
    with scope(few.acme):
        circuits.record_network_failure(practice, "No answer.", now())
    met = overlapping(
        "networks.outbox.circuits.lock_circuit",
        lambda: circuits.record_network_failure(practice, "No answer.", now()),
        lambda: circuits.record_network_failure(practice, "No answer.", now()),
        of=few.acme,
        sql="ON CONFLICT",
    )
    assert met.waited
    assert Circuit.objects.get(organization=few.acme).failures == 3


def test_a_failure_while_the_circuit_closes_counts(few: Few, practice: Profile, circuit: Circuit) -> None:
    met = overlapping(
        "networks.outbox.circuits.record_network_answer",
        lambda: circuits.record_network_answer(circuit.pk, now()),
        lambda: circuits.record_network_failure(practice, "No answer.", now()),
        of=few.acme,
    )
    assert met.waited
    circuit.refresh_from_db()
    assert (circuit.opened_at, circuit.failures) == (None, 1)


@pytest.mark.parametrize(
    ("lock", "caught_up"),
    [("networks.outbox.circuits.take_circuit_turn", False), ("networks.outbox.circuits.take_circuit_turn#2", True)],
)
def test_one_probe_at_a_time_and_one_row_at_a_turn(few: Few, circuit: Circuit, lock: str, caught_up: bool) -> None:
    at = now()
    if caught_up:
        circuits.record_network_answer(circuit.pk, at)
        at += timedelta(seconds=1)
    Circuit.objects.filter(pk=circuit.pk).update(next_at=at)
    met = overlapping(
        lock,
        lambda: circuits.take_circuit_turn(circuit.pk, at),
        lambda: circuits.take_circuit_turn(circuit.pk, at),
        of=few.acme,
        turn=1,
    )
    assert (met.first, met.second) == (False, True)


# --- people -------------------------------------------------------------------------------------------------------


def test_what_is_cancelled_while_a_pause_is_released_does_not_count_as_sent(few: Few, row: Outgoing) -> None:
    met = overlapping(
        "networks.actions.backlog.settle_backlog",
        lambda: settle_backlog([few.x.pk], BacklogDecision.SEND, now()),
        lambda: cancel_outgoing(fresh(row)),
        of=few.acme,
    )
    assert met.waited
    assert met.first == {"sent": 1, "held": 0, "cancelled": 0}
    assert fresh(row).state == "cancelled"


def test_two_who_take_a_post_down_again_do_it_once(few: Few) -> None:
    with scope(few.acme):
        copy = RemotePost.objects.create(profile=few.x, remote_id="7", text="Bread", published_at=now())
        row = delete_remote_post(few.olive, copy)
        Outgoing.objects.filter(pk=row.pk).update(state="failed")
    met = overlapping(
        "networks.actions.outgoing.delete_remote_post",
        lambda: delete_remote_post(few.olive, copy),
        lambda: delete_remote_post(few.lena, copy),
        of=few.acme,
    )
    assert (met.first, type(met.second), met.waited) == (row, Conflict, True)
    with scope(few.acme):
        assert AuditEntry.objects.get(verb="outgoing.retried").actor_id == few.olive.pk


def test_a_policy_that_was_changed_by_two_is_noted_once(few: Few) -> None:
    met = overlapping(
        "networks.actions.policy.set_needs_approval",
        lambda: set_needs_approval(few.olive, few.x, True),
        lambda: set_needs_approval(few.olive, few.x, True),
        of=few.acme,
    )
    assert (met.first, met.second) == (None, None)
    with scope(few.acme):
        assert AuditEntry.objects.filter(verb="profile.policy_changed").count() == 1


def test_of_two_labels_that_are_given_at_once_none_is_lost(few: Few) -> None:
    met = overlapping(
        "networks.actions.labels.lock_labels",
        lambda: add_label(few.olive, few.x, "Iberia"),
        lambda: add_label(few.olive, few.x, "Bakery"),
        of=few.acme,
    )
    assert (met.first, met.second, met.waited) == (None, None, True)
    with scope(few.acme):
        assert Profile.objects.get(pk=few.x.pk).labels == ["Bakery", "Iberia"]


def test_a_sign_in_is_renewed_by_one(few: Few) -> None:
    class Renewing:
        calls = 0

        def renew(self) -> dict[str, str]:
            self.calls += 1
            return {"access_token": "new"}

    adapter = Renewing()

    def renew() -> None:
        access.renew_sign_in(Credential.objects.get(profile=few.x), adapter)

    met = overlapping("networks.access.renew_sign_in", renew, renew, of=few.acme)
    assert (type(met.first), met.second, adapter.calls) == (errors.Busy, None, 1)


# --- an older state -----------------------------------------------------------------------------------------------


def test_that_an_older_state_is_back_is_noticed_once(few: Few) -> None:
    Pulse.objects.update(written_in=1)
    before = Restoration.objects.count()
    met = overlapping(
        "networks.actions.restoring.detect_restoration",
        lambda: detect_restoration(now()),
        lambda: detect_restoration(now()),
        of=None,
    )
    assert (met.first, met.second, met.waited) == (True, True, True)
    assert Restoration.objects.count() == before + 1


# --- what comes in ------------------------------------------------------------------------------------------------


def test_two_who_poll_ask_two_profiles(few: Few) -> None:
    met = overlapping(
        "networks.incoming.intake.claim_poll", lambda: claim_poll(now()), lambda: claim_poll(now()), of=None
    )
    assert met.first is not None
    assert met.first != met.second
    assert not met.waited


def test_a_push_is_read_once(few: Few, monkeypatch) -> None:
    class Hears(Pushes):
        read = 0

        @classmethod
        def parse_push(cls, body: bytes) -> dict:
            cls.read += 1
            return {}

    monkeypatch.setattr("networks.incoming.intake.adapter_class", lambda network: Hears)
    receipt = store_receipt("x", uuid.uuid4().bytes, sandbox=False)
    met = overlapping(
        "networks.incoming.intake.digest_receipt",
        lambda: digest_receipt(receipt.pk),
        lambda: digest_receipt(receipt.pk),
        of=None,
    )
    assert (met.first, met.second, met.waited, Hears.read) == (None, None, True, 1)


def test_two_purges_pass_over_each_other(few: Few) -> None:
    receipt = store_receipt("x", uuid.uuid4().bytes, sandbox=False)
    Receipt.objects.filter(pk=receipt.pk).update(digested_at=now() - timedelta(days=9))
    met = overlapping(
        "foundation.database.purges.purge_row_batch",
        lambda: purge_read_receipts(now(), days=8),
        lambda: purge_read_receipts(now(), days=8),
        of=None,
    )
    assert (met.first, met.second, met.waited) == (1, 0, False)


def test_a_new_name_that_two_read_at_once_is_noted_once(few: Few) -> None:
    identity = Identity(few.x.remote_id, "New name", few.x.handle)
    met = overlapping(
        "networks.actions.profiles.refresh_profile",
        lambda: refresh_profile(System("inbound"), few.x, identity),
        lambda: refresh_profile(System("inbound"), few.x, identity),
        of=few.acme,
    )
    assert met.waited, met
    # unscoped: outside any scope
    assert AuditEntry.unscoped.filter(organization=few.acme, verb="profile.renamed").count() == 1
