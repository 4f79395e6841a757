"""How a row is taken, sent and looked for: each end of it, without a network."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from networks import errors
from networks.contract import (
    Draft,
    DraftKind,
    Media,
    MediaKind,
)
from networks.models import Attempt, Circuit, Outgoing, Profile, RemotePost, Restoration
from networks.outbox import (
    chains,
    claims,
    failed_calls,
    reconciling,
    sending,
)
from networks.outbox.circuits import PROBE_LEASE
from networks.outbox.outcomes import APP_WAIT, GIVE_UP_AFTER, LOOK_AFTER, Outcome, outcome_of_published
from tests.cast import Cast
from tests.outbox.pretended import AT, FOUND, MINUTE, SECOND, Network, error
from tests.outbox.rows import put


class TestClaiming:
    def test_what_begins_is_taken_with_a_lease_and_an_attempt(self, cast: Cast, in_acme) -> None:
        row = put(cast.x)
        at = now()
        begun = claims.begin_next_row(at)
        assert begun is not None
        found, attempt = Outgoing.objects.get(pk=row.pk), begun[1]
        assert attempt is not None
        assert (found.state, found.lease_until, found.attempt_count, found.first_tried_at) == (
            "sending",
            at + claims.SEND_LEASE,
            1,
            at,
        )
        assert found.claim is not None
        assert (attempt.outgoing, attempt.kind, attempt.started_at, attempt.finished_at) == (row, "send", at, None)
        assert attempt.draft_hash == chains.hash_draft(row)
        assert attempt.worker.endswith(f":{__import__('os').getpid()}")
        assert claims.begin_next_row(at) is None
        Outgoing.objects.update(state="waiting", claim=None, lease_until=None)
        assert claims.begin_next_row(at + SECOND) is not None
        found.refresh_from_db()
        assert (found.attempt_count, found.first_tried_at) == (2, at)

    def test_what_says_the_same_as_one_that_is_not_known_waits(self, cast: Cast, in_acme) -> None:
        put(cast.x, state="unknown")
        row = put(cast.x)
        at = now()
        assert claims.begin_next_row(at) == (row, None)
        row.refresh_from_db()
        assert (row.state, row.due_at, row.reason) == ("waiting", at + claims.TWIN_WAIT, claims.TWIN_WAIT_REASON)

    def test_whoever_takes_it_has_all_that_a_sending_asks_for(
        self, cast: Cast, in_acme, django_assert_num_queries
    ) -> None:
        put(cast.x)
        begun = claims.begin_next_row(now())
        assert begun is not None
        with django_assert_num_queries(0):
            assert (begun[0].profile.credential, begun[0].profile.organization) != (None, None)

    def test_it_carries_the_trouble_of_its_network(self, cast: Cast, in_acme) -> None:
        put(cast.x)
        circuit = Circuit.objects.create(network="x", failing_since=AT, opened_at=AT, next_at=AT)
        at = now()
        begun = claims.begin_next_row(at)
        assert begun is not None
        circuit.refresh_from_db()
        assert (begun[0].circuit_id, circuit.probing) == (circuit.pk, True)
        assert circuit.next_at == at + PROBE_LEASE

    def test_what_is_overdue_has_its_turn_now(self, cast: Cast, in_acme) -> None:
        at = put(cast.x).due_at + MINUTE
        assert claims.due_turns(at) == [claims.Turn(cast.acme.pk, at)]

    def test_one_of_whose_profile_another_was_begun_a_moment_before_waits(
        self, cast: Cast, in_acme, monkeypatch
    ) -> None:
        put(cast.x, state="sending")
        row = put(cast.x)
        monkeypatch.setattr(claims, "lock_next_row", lambda *_: (row.pk, None))
        assert claims.begin_next_row(now()) == (row, None)
        row.refresh_from_db()
        assert (row.state, row.attempt_count) == ("waiting", 0)

    def test_what_is_too_late_is_held(self, cast: Cast, in_acme) -> None:
        row = put(cast.x, planned_at=now() - timedelta(hours=7))
        assert claims.begin_next_row(now()) == (row, None)
        row.refresh_from_db()
        assert row.held == "too_late"

    def test_files_that_are_lacking_are_brought_first(self, cast: Cast, in_acme) -> None:
        row = put(cast.x)
        picture = Media("a", MediaKind.IMAGE, "image/jpeg", size=1, sha256="", width=1, height=1)
        row.draft = Draft(DraftKind.POST, "Bread", media=(picture,)).as_json()
        row.save()
        begun = claims.begin_next_row(now())
        assert begun is not None
        assert begun[1] is not None
        assert begun[1].kind == "upload"

    def test_turns_are_given_for_what_is_due_soon(self, cast: Cast, in_acme) -> None:
        row = put(cast.x)
        soon = row.due_at - claims.CLAIM_HORIZON
        assert [(turn.organization_id, turn.at) for turn in claims.due_turns(soon)] == [(cast.acme.pk, row.due_at)]
        assert claims.due_turns(soon - SECOND) == []

    @pytest.mark.parametrize(
        ("columns", "found"),
        [
            ({}, True),
            ({"state": "waiting"}, False),
            ({"needs_person": True}, False),
            ({"due_at": AT + SECOND}, False),
        ],
    )
    def test_what_is_not_known_is_leased_to_be_looked_for(self, cast: Cast, in_acme, columns, found) -> None:
        row = put(cast.x, **({"state": "unknown", "due_at": AT} | columns))
        assert claims.count_due_looks(AT) == int(found)
        claim = claims.claim_row_to_look_for(AT)
        assert (claim is not None) is found
        if claim:
            row.refresh_from_db()
            assert (claim.organization_id, claim.outgoing_id, claim.token) == (cast.acme.pk, row.pk, row.claim)
            assert claim.token is not None
            assert row.due_at == AT + claims.SEND_LEASE
        Outgoing.objects.update(due_at=AT)
        Profile.objects.update(state="disconnected")
        assert claims.claim_row_to_look_for(AT) is None

    def test_the_one_that_waited_longest_first(self, cast: Cast, in_acme, settings) -> None:
        late, later = put(cast.x, state="unknown", due_at=AT), put(cast.x, state="unknown", due_at=AT - SECOND)
        claim = claims.claim_row_to_look_for(AT)
        assert claim is not None
        assert claim.outgoing_id == later.pk
        Outgoing.objects.update(due_at=AT)
        settings.LOOKS_IN_FLIGHT = 1
        assert claims.count_due_looks(AT) == 1
        assert late

    @pytest.mark.parametrize(
        ("kind", "state", "outcome", "reason"),
        [
            ("send", "unknown", "unknown", "The worker stopped before the network's answer was written down."),
            ("upload", "waiting", "not sent", "The worker stopped while it brought the files."),
        ],
    )
    def test_what_becomes_of_a_row_whose_worker_vanished(
        self, cast: Cast, in_acme, kind, state, outcome, reason
    ) -> None:
        row = put(cast.x, state="sending", claim=uuid.uuid4(), lease_until=AT, looks=3)
        attempt = Attempt.objects.create(outgoing=row, kind=kind, worker="w", started_at=AT)
        done = Attempt.objects.create(outgoing=row, kind="upload", worker="w", started_at=AT, finished_at=AT)
        assert claims.reap_lost_rows(AT) == 0
        assert claims.reap_lost_rows(AT + SECOND) == 1
        for one in (row, attempt, done):
            one.refresh_from_db()
        assert (row.state, row.due_at, row.looks, row.reason) == (state, AT + SECOND, 0, reason)
        assert (attempt.finished_at, attempt.outcome, attempt.detail) == (AT + SECOND, outcome, reason)
        assert (done.finished_at, done.outcome) == (AT, "")

    def test_what_another_row_has_begun_goes_on(self, cast: Cast, in_acme) -> None:
        lost, other = (put(profile, state="sending", claim=uuid.uuid4()) for profile in (cast.x, cast.page))
        going = Attempt.objects.create(outgoing=other, kind="send", worker="w", started_at=AT)
        assert claims.mark_lost(lost, AT) is True
        going.refresh_from_db()
        assert (going.finished_at, going.outcome) == (None, "")

    def test_one_that_was_settled_in_this_moment_is_left_alone(self, cast: Cast, in_acme) -> None:
        row = put(cast.x, state="sending", claim=uuid.uuid4(), lease_until=AT)
        Outgoing.objects.update(claim=uuid.uuid4())
        assert claims.mark_lost(row, AT) is False
        assert Outgoing.objects.get().state == "sending"


class TestSending:
    @pytest.fixture
    def row(self, cast: Cast, in_acme) -> Outgoing:
        return put(cast.x, state="sending", attempt_count=1)

    def called(self, row: Outgoing, monkeypatch, adapter: Any) -> Outcome:
        monkeypatch.setattr(sending, "open_adapter", lambda profile: (profile == row.profile) and adapter)
        return sending.call_network(row)

    def test_what_was_frozen_is_what_leaves(self, row: Outgoing, monkeypatch) -> None:
        network = Network(FOUND)
        assert self.called(row, monkeypatch, network) == outcome_of_published(FOUND)
        assert network.asked == [row.frozen]

    @pytest.mark.parametrize(
        ("fails", "event", "word", "reason", "answered"),
        [
            (error(errors.Refused), "refuse", "refused", "So.", True),
            (error(errors.NotVisible), "refuse", "refused", "So.", None),
            (error(errors.Gone), "refuse", "refused", "So.", True),
            (ZeroDivisionError(), "lose", "unknown", "Something went wrong on our side while sending.", None),
        ],
    )
    def test_whatever_happens_is_an_outcome(self, row, monkeypatch, fails, event, word, reason, answered) -> None:
        found = self.called(row, monkeypatch, Network(fails))
        assert (found.event, found.word, found.reason, found.answered) == (event, word, reason, answered)

    def test_a_part_whose_place_is_not_shown_yet_waits_a_moment(self, row: Outgoing, monkeypatch) -> None:
        row.after_id = row.pk
        began = now()
        found = self.called(row, monkeypatch, Network(error(errors.NotVisible)))
        assert (found.event, found.word) == ("postpone", chains.NOT_SHOWN)
        assert found.due_at is not None
        assert began + chains.NOT_SHOWN_WAIT <= found.due_at <= now() + chains.NOT_SHOWN_WAIT

    def test_a_network_that_takes_nothing_is_not_asked(self, row: Outgoing, monkeypatch) -> None:
        found = self.called(row, monkeypatch, object())
        assert (found.event, found.reason) == ("refuse", "This network does not take posts from us.")

    @pytest.mark.parametrize(("ago", "sent"), [(timedelta(seconds=-30), True), (SECOND, False), (None, True)])
    def test_a_worker_that_was_held_up_sends_nothing(self, row: Outgoing, monkeypatch, ago, sent) -> None:
        row.lease_until = None if ago is None else now() - ago
        network = Network(FOUND)
        found = self.called(row, monkeypatch, network)
        assert bool(network.asked) is sent
        if not sent:
            assert (found.event, found.reason) == ("postpone", "Our worker was held up, so nothing was sent.")

    @pytest.mark.parametrize(
        ("columns", "event"),
        [({}, "refuse"), ({"resends": 1}, "lose"), ({"restoration_id": 5}, "lose")],
    )
    def test_a_duplicate_is_doubted_after_an_ambiguous_sending(self, row: Outgoing, columns, event) -> None:
        for name, value in columns.items():
            setattr(row, name, value)
        assert failed_calls.outcome_of_failure(row, error(errors.Duplicate)).event == event

    def test_a_sign_in_that_can_be_renewed_is_renewed_first(self, row: Outgoing, monkeypatch) -> None:
        refused = error(errors.SignInRefused)
        monkeypatch.setattr(
            failed_calls, "may_renew_sign_in", lambda profile, what: profile == row.profile and what is refused
        )
        began = now()
        ended = failed_calls.outcome_of_failure(row, refused)
        assert (ended.event, ended.reason) == ("postpone", "The sign-in is renewed first.")
        assert ended.due_at is not None
        assert began <= ended.due_at <= now()
        assert failed_calls.outcome_of_failure(row, error(errors.SignInRefused)).event == "refuse"

    @pytest.mark.parametrize("stopped", [None, Outcome("postpone", "processing")])
    def test_files_are_brought_before_it_is_sent(self, row: Outgoing, monkeypatch, stopped) -> None:
        settled: list[tuple] = []
        monkeypatch.setattr(sending, "upload_files", lambda given: stopped if given is row else 0)
        monkeypatch.setattr(
            sending, "call_network", lambda given: outcome_of_published(FOUND) if given is row else None
        )
        monkeypatch.setattr(sending, "settle_row", lambda *given: settled.append(given) or True)
        upload = Attempt.objects.create(outgoing=row, kind="upload", worker="w", started_at=AT)
        assert sending.send_row(row, upload) is True
        upload.refresh_from_db()
        if stopped:
            assert settled == [(row, upload, stopped)]
            return
        assert (upload.outcome, upload.finished_at is not None) == ("uploaded", True)
        attempt = Attempt.objects.latest("pk")
        assert (attempt.kind, attempt.outgoing, attempt.started_at is not None) == ("send", row, True)
        assert settled == [(row, attempt, outcome_of_published(FOUND))]
        assert sending.send_row(row, attempt) is True
        assert settled[-1] == (row, attempt, outcome_of_published(FOUND))

    def test_the_next_is_sent_held_or_there_is_none(self, cast: Cast, in_acme, monkeypatch) -> None:
        sent, held = [], []
        monkeypatch.setattr(sending, "send_row", lambda row, attempt: sent.append((row, attempt)))
        monkeypatch.setattr(sending, "notify_held", held.append)
        row = put(cast.x)
        for begun, more in ((None, False), ((row, None), True), ((row, "attempt"), True)):
            monkeypatch.setattr(sending, "begin_next_row", lambda at, begun=begun: at and begun)
            assert sending.send_next() is more
        assert (sent, held) == ([(row, "attempt")], [])
        row.held = "too_late"
        monkeypatch.setattr(sending, "begin_next_row", lambda at: (row, None))
        sending.send_next()
        assert held == [[row]]


class TestLooking:
    @pytest.fixture
    def row(self, cast: Cast, in_acme) -> Outgoing:
        return put(cast.x, state="unknown", claim=uuid.uuid4(), first_tried_at=AT, reason="So.")

    def looked(self, row: Outgoing, monkeypatch, *found: Any, at: datetime = AT) -> Outcome:
        self.network = Network(found=list(found))
        monkeypatch.setattr(reconciling, "open_adapter", lambda profile: (profile == row.profile) and self.network)
        return reconciling.find_outcome(row, at)

    def test_found_it_is_there(self, cast: Cast, row: Outgoing, monkeypatch) -> None:
        for remote_id, ago, outgoing in (("1", 59, put(cast.x)), ("2", 61, put(cast.x)), ("3", 5, None), ("4", 5, row)):
            RemotePost.objects.create(
                profile=cast.x, remote_id=remote_id, published_at=AT - ago * MINUTE, outgoing=outgoing
            )
        other = put(cast.page)
        RemotePost.objects.create(profile=cast.page, remote_id="9", published_at=AT, outgoing=other)
        assert self.looked(row, monkeypatch, FOUND) == outcome_of_published(FOUND)
        assert self.network.asked == [(row.frozen, AT, frozenset({"1"}))]

    @pytest.mark.parametrize(("looks", "next_one"), [(0, 1), (1, 2), (2, 3)])
    def test_not_there_it_is_looked_for_again(self, row: Outgoing, monkeypatch, looks, next_one) -> None:
        row.looks = looks
        assert self.looked(row, monkeypatch) == Outcome(
            "keep_looking",
            "not found",
            "So.",
            "Not on the profile yet.",
            due_at=AT + LOOK_AFTER[next_one],
            looks=next_one,
        )

    def test_then_it_is_sent_once_more_and_then_a_person_is_asked(self, row: Outgoing, monkeypatch) -> None:
        row.looks = 3
        why = "It was not there, so it is sent once more."
        assert self.looked(row, monkeypatch) == Outcome("postpone", "not found", why, why, due_at=AT, resends=1)
        row.resends = 1
        why = "It was sent twice without an answer, and it cannot be found on the profile."
        assert self.looked(row, monkeypatch) == Outcome("keep_looking", "needs a person", why, why, asks_person=True)

    @pytest.mark.parametrize(
        ("fails", "after", "most"),
        [
            (error(errors.RateLimited, retry_at=AT + MINUTE), MINUTE, MINUTE),
            (error(errors.Disconnected), MINUTE, MINUTE),
            (error(errors.AppMisconfigured), APP_WAIT, APP_WAIT),
            (error(errors.Unavailable), 15 * SECOND + 8 * SECOND, 15 * SECOND + 16 * SECOND),
            (error(errors.NotSent), 15 * SECOND + 8 * SECOND, 15 * SECOND + 16 * SECOND),
        ],
    )
    def test_a_network_that_cannot_be_asked_is_no_evidence(
        self, row: Outgoing, monkeypatch, fails, after, most
    ) -> None:
        row.looks = 1
        found = self.looked(row, monkeypatch, fails)
        assert (found.event, found.word, found.reason, found.detail, found.looks) == (
            "keep_looking",
            "could not look",
            "So.",
            "Why",
            1,
        )
        assert found.due_at is not None
        assert after <= found.due_at - AT <= most
        assert found.disconnects is isinstance(fails, errors.Disconnected)
        assert found.asks_person is False

    def test_a_profile_that_is_cut_off_needs_a_person_for_what_is_doubted(self, row: Outgoing, monkeypatch) -> None:
        row.doubted = True
        assert self.looked(row, monkeypatch, error(errors.Disconnected)).asks_person is True

    @pytest.mark.parametrize(
        ("fails", "reason", "detail"),
        [
            (error(errors.Refused), "The network cannot be asked whether it is there: So.", "Why"),
            (
                ZeroDivisionError(),
                "Something went wrong on our side while looking for it.",
                "Something went wrong on our side while looking for it.",
            ),
        ],
    )
    def test_what_cannot_be_asked_at_all_needs_a_person(
        self, row: Outgoing, monkeypatch, fails, reason, detail
    ) -> None:
        found = self.looked(row, monkeypatch, fails)
        assert found == Outcome("keep_looking", "needs a person", reason, detail, asks_person=True)

    def test_a_network_that_shows_nothing_cannot_be_asked(self, row: Outgoing, monkeypatch) -> None:
        monkeypatch.setattr(reconciling, "open_adapter", lambda profile: object())
        reason = "The network cannot be asked whether it is there: This network cannot be asked."
        found = reconciling.find_outcome(row, AT)
        assert (found.word, found.reason, found.asks_person) == ("needs a person", reason, True)

    def test_a_deletion_is_not_looked_for_but_done_again(self, row: Outgoing) -> None:
        row.draft, row.planned_at = row.draft | {"kind": "delete"}, AT
        found = reconciling.find_outcome(row, AT)
        assert (found.event, found.word) == ("postpone", "again")
        assert found.due_at is not None
        assert found.due_at > AT

    def test_a_sign_in_that_can_be_renewed_is_no_reason_to_cut_the_profile_off(
        self, row: Outgoing, monkeypatch
    ) -> None:
        refused = error(errors.SignInRefused)
        monkeypatch.setattr(
            reconciling, "may_renew_sign_in", lambda profile, what: profile == row.profile and what is refused
        )
        row.doubted = True
        found = self.looked(row, monkeypatch, refused)
        assert (found.disconnects, found.asks_person) == (False, False)

    def test_files_without_words_are_told_apart_by_what_was_brought_of_them(self, row: Outgoing, monkeypatch) -> None:
        picture = Media("a", MediaKind.IMAGE, "image/jpeg", size=1, sha256="", width=1, height=1)
        row.draft = Draft(DraftKind.POST, "", media=(picture,)).as_json()
        assert self.looked(row, monkeypatch).word == "not found"
        row.restoration_id = 5  # and after an older state came back, that is not known
        assert self.looked(row, monkeypatch).word == "needs a person"

    def test_whoever_looks_reads_its_row_with_what_is_asked_of_it(
        self, row: Outgoing, monkeypatch, django_assert_num_queries
    ) -> None:
        asked: list[Any] = []

        def look(one: Outgoing, at: datetime) -> Outcome:
            with django_assert_num_queries(0):
                asked.extend((one.pk, one.profile.credential, one.restoration))
            return Outcome("", "looked")

        monkeypatch.setattr(reconciling, "settle_row", lambda *given: True)
        monkeypatch.setattr(reconciling, "find_outcome", look)
        came_back = Restoration.objects.create(how="copy", dumped_at=AT, noticed_at=AT, written_before=AT)
        Outgoing.objects.filter(pk=row.pk).update(restoration=came_back)
        assert row.claim is not None
        reconciling.reconcile_row(row.pk, row.claim)
        assert (asked[0], asked[2]) == (row.pk, came_back)

    def test_a_network_that_cannot_be_asked_for_a_day_needs_a_person(self, row: Outgoing, monkeypatch) -> None:
        late = AT + GIVE_UP_AFTER - MINUTE
        assert self.looked(row, monkeypatch, error(errors.Disconnected), at=late).word == "could not look"
        found = self.looked(row, monkeypatch, error(errors.Disconnected), at=late + SECOND)
        assert (found.word, found.detail) == ("needs a person", "Why")
        assert found.reason == "For a day the network could not be asked whether it is there: So."

    def test_one_that_says_the_same_is_waited_for_a_moment(self, cast: Cast, row: Outgoing) -> None:
        left = Attempt.objects.create(outgoing=row, kind="look", worker="w", started_at=AT)
        other = put(cast.x, state="sending")
        assert reconciling.begin_look(row, AT) is None
        row.refresh_from_db()
        assert row.due_at == AT + claims.TWIN_WAIT
        other.delete()
        done = Attempt.objects.create(outgoing=row, kind="send", worker="w", started_at=AT, finished_at=AT)
        attempt = reconciling.begin_look(row, AT)
        done.refresh_from_db()
        assert (done.finished_at, done.outcome) == (AT, "")
        assert attempt is not None
        assert (attempt.kind, attempt.started_at) == ("look", AT)
        row.refresh_from_db()
        left.refresh_from_db()
        assert row.due_at == AT + reconciling.LOOK_LEASE
        assert (left.outcome, left.detail) == ("could not look", "The worker stopped while it was looking.")
        assert left.finished_at is not None

    def test_whoever_begins_to_look_touches_its_own_row_and_only_while_it_is_theirs(self, cast: Cast, row) -> None:
        other = put(cast.page, state="unknown", claim=row.claim, due_at=AT)
        going = Attempt.objects.create(outgoing=other, kind="look", worker="w", started_at=AT)
        assert reconciling.begin_look(row, AT) is not None
        for one in (other, going):
            one.refresh_from_db()
        assert (other.due_at, going.finished_at) == (AT, None)
        Outgoing.objects.filter(pk=row.pk).update(claim=uuid.uuid4(), due_at=AT)  # passed on meanwhile
        reconciling.begin_look(row, AT)
        row.refresh_from_db()
        assert row.due_at == AT

    def test_a_look_at_its_twin_counts_until_its_worker_must_be_dead(self, cast: Cast, row: Outgoing) -> None:
        twin = put(cast.x, state="unknown")
        look = Attempt.objects.create(outgoing=twin, kind="look", worker="w", started_at=AT)
        assert reconciling.begin_look(row, AT + reconciling.LOOK_LEASE - SECOND) is None
        assert reconciling.begin_look(row, AT + reconciling.LOOK_LEASE) is not None
        assert look.finished_at is None

    def test_only_what_was_claimed_and_is_not_known_is_looked_for(self, row: Outgoing, monkeypatch) -> None:
        seen: list[Outcome] = []
        monkeypatch.setattr(reconciling, "settle_row", lambda row, attempt, outcome: seen.append(outcome))
        monkeypatch.setattr(reconciling, "find_outcome", lambda row, at: Outcome("", "looked"))
        assert row.claim is not None
        reconciling.reconcile_row(row.pk, uuid.uuid4())
        for columns in ({"needs_person": True}, {"state": "waiting"}):
            Outgoing.objects.update(**columns)
            reconciling.reconcile_row(row.pk, row.claim)
            Outgoing.objects.update(needs_person=False, state="unknown")
        assert seen == []
        reconciling.reconcile_row(row.pk, row.claim)
        assert seen == [Outcome("", "looked")]
