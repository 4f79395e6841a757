"""What is written of a try, column by column, and who is told."""

import uuid

import pytest
from django.utils.timezone import now

from networks.contract import (
    Published,
)
from networks.models import Attempt, Outgoing, Profile, RemotePost
from networks.outbox import (
    claims,
    settling,
)
from networks.outbox.outcomes import Outcome, outcome_of_published
from organizations.models import AuditEntry
from tests.cast import Cast
from tests.outbox.pretended import AT, FOUND, MINUTE, SECOND
from tests.outbox.rows import put


class TestSettling:
    @pytest.fixture
    def row(self, cast: Cast, in_acme) -> Outgoing:
        return put(cast.x, state="sending", claim=uuid.uuid4(), resends=1, doubted=True, held="too_late")

    def written(self, row: Outgoing, outcome: Outcome) -> Outgoing:
        settling.write_outcome(row, outcome)
        return Outgoing.objects.get(pk=row.pk)

    def test_a_confirmation_is_linked_and_marked(self, cast: Cast, row: Outgoing) -> None:
        began = now()
        found = self.written(row, outcome_of_published(FOUND))
        assert (found.state, found.sent_at, found.held, found.doubted, found.claim) == (
            "sent",
            AT,
            "",
            False,
            row.claim,
        )
        assert began + claims.SEND_LEASE <= found.lease_until <= now() + claims.SEND_LEASE
        copy = RemotePost.objects.get()
        assert (copy.organization, copy.profile, copy.outgoing, copy.kind, copy.remote_id, copy.permalink) == (
            cast.acme,
            cast.x,
            row,
            "post",
            "77",
            "https://x.com/acme/status/77",
        )
        assert (copy.text, copy.published_at) == ("Bread", AT)

    def test_the_networks_copy_knows_what_it_is(self, cast: Cast, row: Outgoing) -> None:
        row.draft = row.draft | {"kind": "reply"}
        self.written(row, outcome_of_published(FOUND))
        assert RemotePost.objects.get(outgoing=row).kind == "reply"

    def test_what_a_poller_saw_first_is_joined(self, cast: Cast, row: Outgoing) -> None:
        RemotePost.objects.create(profile=cast.x, remote_id="77", published_at=AT - MINUTE, text="As shown")
        self.written(row, outcome_of_published(FOUND))
        copy = RemotePost.objects.get()
        assert (copy.outgoing, copy.permalink, copy.text) == (row, "https://x.com/acme/status/77", "As shown")

    def test_without_the_networks_time_it_is_now(self, row: Outgoing) -> None:
        began = now()
        assert began <= self.written(row, outcome_of_published(Published("77", "", None))).sent_at <= now()

    def test_what_is_postponed_may_be_taken_again(self, row: Outgoing) -> None:
        found = self.written(row, Outcome("postpone", "not sent", "x" * 600, due_at=AT, resends=1))
        assert (found.state, found.due_at, found.claim, found.reason, found.resends, found.held) == (
            "waiting",
            AT,
            None,
            "x" * 500,
            2,
            "too_late",
        )
        assert not RemotePost.objects.exists()

    def test_what_is_looked_for_goes_on_being_doubted(self, row: Outgoing) -> None:
        Outgoing.objects.filter(pk=row.pk).update(state="unknown")
        row.state = "unknown"
        due = row.due_at
        found = self.written(row, Outcome("keep_looking", "not found", looks=2, asks_person=True))
        assert (found.state, found.looks, found.needs_person, found.doubted, found.due_at) == (
            "unknown",
            2,
            True,
            True,
            due,
        )

    def test_a_refusal_ends_what_held_it_and_cuts_the_profile_off(
        self, cast: Cast, row: Outgoing, hints, monkeypatch
    ) -> None:
        heard: list[Profile] = []
        monkeypatch.setattr(
            settling.profile_disconnected, "send_robust", lambda sender, profile: heard.append(profile) or []
        )
        found = self.written(row, Outcome("refuse", "disconnected", "Gone.", disconnects=True))
        assert (found.state, found.held) == ("failed", "")
        profile = Profile.objects.get(pk=cast.x.pk)
        assert (profile.state, profile.state_reason) == ("disconnected", "Gone.")
        entry = AuditEntry.objects.get(verb="profile.disconnected")
        assert (entry.actor_kind, entry.actor_name, entry.target_id, entry.change) == (
            "system",
            "outbox",
            str(cast.x.pk),
            {"reason": "Gone."},
        )
        assert hints == [(cast.acme.pk, "profiles", cast.x.pk, None, None)]
        assert heard == [profile]
        Profile.objects.filter(pk=cast.page.pk).update(state="connected")
        settling.disconnect_profile(cast.page, "x" * 600)
        assert Profile.objects.get(pk=cast.page.pk).state_reason == "x" * 500
        settling.disconnect_profile(profile, "Again")
        assert AuditEntry.objects.filter(verb="profile.disconnected", target_id=str(profile.pk)).count() == 1

    @pytest.mark.parametrize(("holds", "due_at", "held"), [(True, AT, AT), (False, AT, None), (True, None, None)])
    def test_a_limit_holds_the_profile(self, cast: Cast, row: Outgoing, holds, due_at, held) -> None:
        self.written(row, Outcome("postpone", "rate limited", due_at=due_at, holds_profile=holds))
        assert Profile.objects.get(pk=cast.x.pk).held_until == held

    def test_who_lost_the_claim_writes_in_the_ledger_alone(self, row: Outgoing, monkeypatch) -> None:
        told: list[Outgoing] = []
        monkeypatch.setattr(settling, "notify_settled", told.append)
        attempt = Attempt.objects.create(outgoing=row, kind="send", worker="w", started_at=AT)
        Outgoing.objects.filter(pk=row.pk).update(claim=uuid.uuid4())
        assert settling.settle_row(row, attempt, Outcome("refuse", "refused", "So.", "y" * 1100)) is False
        attempt.refresh_from_db()
        assert (attempt.outcome, attempt.detail, attempt.finished_at is not None) == ("refused", "y" * 1000, True)
        assert told == []
        assert Outgoing.objects.get(pk=row.pk).state == "sending"

    def test_what_was_settled_is_told_and_judged(self, row: Outgoing, monkeypatch) -> None:
        told, judged = [], []
        monkeypatch.setattr(settling, "notify_settled", told.append)
        monkeypatch.setattr(settling.circuits, "update_circuit", lambda *given: judged.append(given[:3]))
        attempt = Attempt.objects.create(outgoing=row, kind="send", worker="w", started_at=AT)
        outcome = Outcome("refuse", "refused", "So.", "Why")
        assert settling.settle_row(row, attempt, outcome) is True
        attempt.refresh_from_db()
        assert (attempt.outcome, attempt.detail) == ("refused", "Why")
        assert (told, judged) == ([row], [(row, attempt, outcome)])

    def test_what_was_taken_away_is_marked_and_nothing_else_is(self, cast: Cast, row: Outgoing) -> None:
        copy = RemotePost.objects.create(profile=cast.x, remote_id="77", published_at=AT)
        row.draft = row.draft | {"kind": "delete", "target": "77"}
        row.save()
        self.written(row, Outcome("confirm", "deleted", detail="77"))
        copy.refresh_from_db()
        assert copy.deleted_at is not None

    def test_what_is_settled_on_a_practice_network_is_shown_by_us(self, row: Outgoing) -> None:
        row.profile.sandbox = True
        attempt = Attempt.objects.create(outgoing=row, kind="send", worker="w", started_at=AT)
        assert settling.settle_row(row, attempt, outcome_of_published(FOUND)) is True
        assert "/sandbox/acme/x/" in RemotePost.objects.get().permalink

    def test_whoever_hears_of_it_and_fails_is_named_in_the_log(self, caplog) -> None:
        settling.log_receiver_failures([("well", None), ("a receiver", ZeroDivisionError("oh"))], "outgoing 5")
        assert [one.getMessage() for one in caplog.records] == ["outgoing 5: a receiver failed"]

    def test_told_it_needs_no_lease_any_more(self, cast: Cast, row: Outgoing, hints, monkeypatch) -> None:
        heard: list[Outgoing] = []
        monkeypatch.setattr(
            settling.outgoing_settled, "send_robust", lambda sender, outgoing: heard.append(outgoing) or []
        )
        Outgoing.objects.filter(pk=row.pk).update(lease_until=AT, state="sent")
        row.refresh_from_db()
        row.lease_until = AT + MINUTE
        settling.notify_settled(row)
        assert Outgoing.objects.get(pk=row.pk).lease_until == AT
        settling.notify_left_settled(AT)
        assert heard == [row]
        settling.notify_left_settled(AT + SECOND)
        assert Outgoing.objects.get(pk=row.pk).lease_until is None
        assert heard == [row, row]
        assert hints == [(cast.acme.pk, "outgoing", row.pk, cast.x.pk, None)] * 2
        Outgoing.objects.filter(pk=row.pk).update(lease_until=AT, state="sending")
        settling.notify_left_settled(AT + SECOND)
        assert heard == [row, row]

    def test_whoever_fails_to_hear_is_logged_beside_what_it_was(
        self, cast: Cast, row: Outgoing, monkeypatch, caplog
    ) -> None:
        fails = lambda sender, **_: [("a receiver", ValueError())] if sender in (Outgoing, Profile) else []  # noqa: E731
        for signal in (settling.outgoing_settled, settling.outgoing_held, settling.profile_disconnected):
            monkeypatch.setattr(signal, "send_robust", fails)
        settling.notify_settled(row)
        settling.notify_held([row, row])
        settling.disconnect_profile(row.profile, "Gone.")
        assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == [
            f"outgoing {row.pk}: a receiver failed",
            "2 held rows: a receiver failed",
            f"profile {cast.x.pk}: a receiver failed",
        ]

    def test_telling_of_one_ends_no_others_lease(self, cast: Cast, row: Outgoing) -> None:
        other = put(cast.page, lease_until=AT)
        Outgoing.objects.filter(pk=row.pk).update(lease_until=AT)
        row.refresh_from_db()
        settling.notify_settled(row)
        assert Outgoing.objects.get(pk=other.pk).lease_until == AT

    def test_one_that_is_held_is_told_too(self, cast: Cast, row: Outgoing, hints) -> None:
        settling.notify_held([row])
        assert (cast.acme.pk, "outgoing", "", cast.x.pk, None) in hints

    def test_what_is_held_is_told_profile_by_profile(self, cast: Cast, in_acme, hints, monkeypatch) -> None:
        heard: list[list[Outgoing]] = []
        monkeypatch.setattr(settling.outgoing_held, "send_robust", lambda sender, rows: heard.append(rows) or [])
        rows = [put(cast.x), put(cast.x), put(cast.page)]
        hints.clear()
        settling.notify_held(rows)
        assert heard == [rows]
        assert sorted(hints) == [(cast.acme.pk, "outgoing", "", one.pk, None) for one in (cast.x, cast.page)]

    def test_a_practice_network_is_shown_by_us(self, cast: Cast, row: Outgoing) -> None:
        assert settling.add_public_permalink(row, Outcome("refuse", "refused")) == Outcome("refuse", "refused")
        assert settling.add_public_permalink(row, outcome_of_published(FOUND)) == outcome_of_published(FOUND)
        row.profile.sandbox = True
        found = settling.add_public_permalink(row, outcome_of_published(FOUND)).published
        assert found is not None
        assert found.permalink.endswith(f"/sandbox/acme/x/{cast.x.handle}/?post=77#post-77")
