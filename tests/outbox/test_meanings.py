"""What a failure means for its row, how late is too late, and whose turn it is: at their boundaries."""

from datetime import timedelta
from typing import Any

import pytest

from networks import errors
from networks.contract import (
    Published,
)
from networks.models import Outgoing, Profile
from networks.outbox import (
    claims,
    outcomes,
    too_late_rows,
)
from networks.outbox.outcomes import APP_WAIT, GIVE_UP_AFTER, Outcome, backoff, classify_error, outcome_of_published
from organizations.models import Organization
from tests.cast import Cast
from tests.outbox.pretended import AT, FOUND, MINUTE, SECOND, error
from tests.outbox.rows import put


class TestWhatAFailureMeans:
    def meant(self, what: errors.NetworkError, **more: Any) -> Outcome:
        return classify_error(what, **({"attempts": 1, "ambiguous_before": False, "planned_at": AT, "now": AT} | more))

    @pytest.mark.parametrize(
        ("what", "expected"),
        [
            (
                error(errors.RateLimited, retry_at=AT + MINUTE),
                Outcome("postpone", "rate limited", "So.", "Why", due_at=AT + MINUTE, holds_profile=True),
            ),
            (error(errors.Ambiguous), Outcome("lose", "unknown", "So.", "Why", due_at=AT)),
            (error(errors.Duplicate), Outcome("refuse", "refused", "So.", "Why")),
            (error(errors.Refused), Outcome("refuse", "refused", "So.", "Why")),
            (error(errors.Disconnected), Outcome("refuse", "disconnected", "So.", "Why", disconnects=True)),
            (
                error(errors.AppShutOut),
                Outcome("postpone", "app refused", "So.", "Why", refuses_app=True, shuts_out_app=True),
            ),
            (
                error(errors.AppMisconfigured),
                Outcome(
                    "postpone",
                    "app refused",
                    "So.",
                    "Why",
                    due_at=AT + APP_WAIT,
                    holds_profile=True,
                    refuses_app=True,
                ),
            ),
        ],
    )
    def test_by_its_class(self, what: errors.NetworkError, expected: Outcome) -> None:
        assert self.meant(what) == expected

    def test_a_duplicate_after_an_ambiguous_sending_may_be_it(self) -> None:
        expected = Outcome("lose", "unknown", "So.", "Why", due_at=AT)
        assert self.meant(error(errors.Duplicate), ambiguous_before=True) == expected

    @pytest.mark.parametrize("kind", [errors.NotSent, errors.Unavailable])
    @pytest.mark.parametrize(("attempts", "in_order"), [(1, True), (4, True), (5, False)])
    def test_what_was_not_sent_is_tried_again_and_at_first_in_order(self, kind, attempts, in_order) -> None:
        found = self.meant(error(kind), attempts=attempts)
        assert (found.event, found.word, found.reason, found.detail) == ("postpone", "not sent", "So.", "Why")
        assert found.holds_profile is in_order
        assert found.due_at is not None
        assert timedelta(0) < found.due_at - AT <= timedelta(seconds=2.0**attempts)

    @pytest.mark.parametrize(
        ("kind", "word", "ours"),
        [
            (errors.NotSent, "not sent", False),
            (errors.Unavailable, "not sent", False),
            (errors.AppMisconfigured, "app refused", True),
        ],
    )
    def test_after_a_day_it_is_given_up(self, kind, word, ours) -> None:
        late = AT + GIVE_UP_AFTER
        assert self.meant(error(kind), now=late).event == "postpone"
        assert self.meant(error(kind), now=late + SECOND) == Outcome(
            "refuse", word, "Given up after a day: So.", "Why", refuses_app=ours
        )

    @pytest.mark.parametrize(
        ("kind", "answered"),
        [(errors.NotSent, False), (errors.Ambiguous, False), (errors.Refused, True), (errors.Busy, None)],
    )
    def test_whether_the_network_answered_is_kept(self, kind, answered) -> None:
        found = outcomes.outcome_of_error(error(kind), attempts=1, ambiguous_before=False, planned_at=AT, now=AT)
        assert found.answered is answered

    def test_a_confirmation_names_where_it_is(self) -> None:
        assert outcome_of_published(FOUND) == Outcome(
            "confirm", "sent", detail="https://x.com/acme/status/77", published=FOUND, answered=True
        )
        assert outcome_of_published(Published("77", "", None)).detail == "77"

    def test_a_sign_in_is_renewed_first(self) -> None:
        assert outcomes.outcome_of_renewal(error(errors.SignInRefused), AT) == Outcome(
            "postpone", "not sent", "The sign-in is renewed first.", "Why", due_at=AT, answered=True
        )

    @pytest.mark.parametrize(("attempts", "most"), [(1, 2), (3, 8), (8, 256), (9, 300), (50, 300)])
    def test_waits_double_up_to_five_minutes(self, attempts: int, most: float) -> None:
        waits = [backoff(attempts).total_seconds() for _ in range(200)]
        assert most / 2 <= min(waits) < most * 0.6
        assert most * 0.9 < max(waits) <= most


class TestLateness:
    @pytest.mark.parametrize(
        ("minutes", "words"),
        [
            (0.9, "0 min"),
            (59.9, "59 min"),
            (60, "1 h"),
            (61, "1 h 1 min"),
            (24 * 60 + 1, "24 h 1 min"),
            (47 * 60 + 59, "47 h 59 min"),
            (48 * 60, "2 days"),
            (72 * 60 - 1, "2 days"),
            (72 * 60, "3 days"),
        ],
    )
    def test_a_length_of_time_is_said_in_words(self, minutes: float, words: str) -> None:
        assert too_late_rows.format_timespan(timedelta(minutes=minutes)) == words

    @pytest.mark.parametrize(
        ("late", "more", "too_late"),
        [
            (60, {}, False),
            (61, {}, True),
            (61, {"priority": 0}, False),
            (61, {"priority": 2}, True),
            (61, {"after_id": 5}, False),
        ],
    )
    def test_later_than_its_organization_wants_but_no_reply_and_no_part(self, late, more, too_late) -> None:
        profile = Profile(organization=Organization(too_late_minutes=60))
        row = Outgoing(**({"profile": profile, "planned_at": AT - timedelta(minutes=late)} | more))
        assert too_late_rows.is_too_late(row, AT) is too_late
        profile.organization.too_late_minutes = None
        assert too_late_rows.is_too_late(row, AT) is False

    def test_held_it_says_so(self, cast: Cast, in_acme) -> None:
        row = put(cast.x, late=timedelta(hours=7))
        too_late_rows.hold_too_late(row, row.planned_at + timedelta(minutes=90))
        row.refresh_from_db()
        assert (row.state, row.held) == ("waiting", "too_late")
        assert row.reason == "It would have left 1 h 30 min after its time. It waits for somebody to decide."


class TestTurns:
    def test_as_many_as_lanes_and_seats_and_those_close_together_once(self, settings) -> None:
        settings.SENDS_AT_ONCE = 2
        near, far = AT + timedelta(milliseconds=19), AT + timedelta(milliseconds=20)
        due = [(1, AT, 1), (2, AT, 5), (1, near, 1), (1, far, 1), (2, far, 1)]
        assert [(turn.organization_id, turn.at) for turn in claims.spread_turns(due)] == [
            (1, AT),
            (2, AT),
            (2, AT),
            (1, far),
            (2, far),
        ]
