"""Twins, the parts of threads and deletions: what waits for what, and what is said of it."""

import hashlib
import json
from typing import Any

import pytest
from django.utils.timezone import now

from networks import errors
from networks.contract import (
    Deletes,
    Draft,
    DraftKind,
)
from networks.models import Attempt, Outgoing, RemotePost
from networks.outbox import (
    chains,
    deleting,
    twins,
)
from networks.outbox.outcomes import GIVE_UP_AFTER, Outcome
from tests.cast import Cast
from tests.outbox.pretended import AT, SECOND, error
from tests.outbox.rows import put


class TestTakingAway:
    def row(self, **more: Any) -> Outgoing:
        draft = Draft(DraftKind.DELETE, "", target="77").as_json()
        return Outgoing(**({"draft": draft, "planned_at": AT, "reason": "So.", "attempt_count": 1} | more))

    def test_what_takes_away(self) -> None:
        assert deleting.is_deletion(self.row()) is True
        assert deleting.is_deletion(Outgoing(draft=Draft(DraftKind.POST, "A").as_json())) is False

    def test_what_is_not_known_is_done_again_for_a_day(self) -> None:
        found = deleting.repeat_deletion(self.row(), AT + GIVE_UP_AFTER)
        assert (found.event, found.word, found.reason, found.detail) == (
            "postpone",
            "again",
            "So.",
            "Deleting may be repeated.",
        )
        assert found.due_at is not None
        assert SECOND <= found.due_at - AT - GIVE_UP_AFTER <= 2 * SECOND
        assert deleting.repeat_deletion(self.row(), AT + GIVE_UP_AFTER + SECOND) == Outcome(
            "refuse", "given up", "For a day it could not be deleted. Look on the profile."
        )

    def test_by_an_adapter_that_can(self) -> None:
        class Taker(Deletes):
            def __init__(self, fails: Exception | None = None) -> None:
                self.fails, self.asked = fails, []

            def delete(self, remote_id: str) -> None:
                self.asked.append(remote_id)
                if self.fails:
                    raise self.fails

        taker: Any = Taker()
        assert deleting.send_deletion(self.row(), taker) == Outcome("confirm", "deleted", detail="77")
        assert taker.asked == ["77"]
        with pytest.raises(errors.Unavailable) as met:
            deleting.send_deletion(self.row(), Taker(error(errors.Ambiguous)))  # type: ignore[arg-type]
        assert (met.value.user_message, met.value.detail, met.value.code) == ("So.", "Why", "9")
        with pytest.raises(errors.Refused) as refused:
            deleting.send_deletion(self.row(), object())  # type: ignore[arg-type]
        assert refused.value.user_message == "This network does not let us delete what was published."

    def test_the_networks_copy_is_marked(self, cast: Cast, in_acme) -> None:
        for profile, remote_id in ((cast.x, "77"), (cast.x, "78"), (cast.page, "77")):
            RemotePost.objects.create(profile=profile, remote_id=remote_id, published_at=AT)
        deleting.mark_remote_deleted(self.row(profile=cast.x, sent_at=AT))
        gone = RemotePost.objects.exclude(deleted_at=None)
        assert [(one.profile, one.remote_id, one.deleted_at) for one in gone] == [(cast.x, "77", AT)]


class TestTwins:
    @pytest.fixture
    def row(self, cast: Cast, in_acme) -> Outgoing:
        return put(cast.x)

    @pytest.mark.parametrize(
        ("profile", "columns", "doubtful"),
        [
            ("x", {"state": "unknown"}, True),
            ("x", {"state": "unknown", "needs_person": True}, False),
            ("x", {"state": "waiting"}, False),
            ("page", {"state": "unknown"}, False),
        ],
    )
    def test_one_waits_while_it_is_not_known_of_the_other(self, cast: Cast, row, profile, columns, doubtful) -> None:
        put(getattr(cast, profile), **columns)
        assert twins.has_unknown_twin(row) is doubtful

    @pytest.mark.parametrize(
        ("draft", "alike"),
        [({}, True), ({"text": " BREAD "}, None), ({"text": "Cake"}, False), ({"in_reply_to": "5"}, False)],
    )
    def test_alike_is_what_says_the_same_beneath_the_same(self, cast: Cast, row: Outgoing, draft, alike) -> None:
        other = put(cast.x, state="unknown")
        other.draft = other.draft | draft
        other.save()
        if alike is not None:
            assert twins.has_unknown_twin(row) is alike
        assert twins.has_unknown_twin(other) is False

    @pytest.mark.parametrize(
        ("columns", "look", "under_way"),
        [
            ({"state": "sending"}, None, True),
            ({"state": "unknown"}, None, False),
            ({"state": "unknown"}, {}, True),
            ({"state": "unknown"}, {"finished_at": AT}, False),
            ({"state": "unknown"}, {"started_at": AT}, False),
            ({"state": "unknown"}, {"kind": "send"}, False),
            ({"state": "waiting"}, {}, False),
        ],
    )
    def test_one_is_looked_for_at_a_time(self, cast: Cast, row: Outgoing, columns, look, under_way) -> None:
        other = put(cast.x, **columns)
        if look is not None:
            Attempt.objects.create(
                **({"outgoing": other, "kind": "look", "worker": "w", "started_at": AT + SECOND} | look)
            )
        assert twins.has_twin_under_way(row, AT) is under_way


class TestChains:
    @pytest.fixture
    def parts(self, cast: Cast, in_acme) -> list[Outgoing]:
        first = put(cast.x, state="sending")
        second = put(cast.x, held="chain", chain=first, after=first, part=2)
        return [first, second, put(cast.x, held="chain", chain=first, after=second, part=3)]

    def test_those_behind(self, cast: Cast, parts: list[Outgoing]) -> None:
        first, second, third = parts
        put(cast.x, held="chain", chain=put(cast.x), part=2)
        assert list(chains.parts_behind(first).order_by("part")) == [second, third]
        assert list(chains.parts_behind(second)) == [third]
        Outgoing.objects.filter(pk=third.pk).update(held="too_late")
        assert list(chains.parts_behind(second)) == []
        Outgoing.objects.filter(pk=second.pk).update(state="cancelled")
        assert list(chains.parts_behind(first)) == []

    @pytest.mark.parametrize(
        ("state", "reason"),
        [
            ("failed", "It waits for part 1, which failed."),
            ("unknown", "It waits for part 1: it is not known yet whether that is there."),
            ("waiting", ""),
        ],
    )
    def test_they_are_told_what_they_wait_for(self, parts: list[Outgoing], state, reason) -> None:
        Outgoing.objects.filter(part__gt=1).update(reason="Old")
        parts[0].state = state
        chains.update_parts_behind(parts[0])
        assert set(Outgoing.objects.filter(part__gt=1).values_list("reason", "held")) == {(reason, "chain")}

    def test_the_next_is_freed(self, parts: list[Outgoing], monkeypatch) -> None:
        woken: list[bool] = []
        monkeypatch.setattr(chains, "wake_dispatcher", lambda: woken.append(True))
        Outgoing.objects.filter(part__gt=1).update(reason="Old", due_at=AT)
        parts[0].state = "sent"
        began = now()
        chains.update_parts_behind(parts[0])
        second, third = Outgoing.objects.filter(part__gt=1).order_by("part")
        assert (second.held, second.reason, third.held, third.reason) == ("", "", "chain", "")
        assert began <= second.due_at <= now()
        assert third.due_at == AT
        assert woken == [True]
        chains.update_parts_behind(third)
        Outgoing.objects.filter(pk=second.pk).update(held="chain")
        Outgoing.objects.filter(pk=third.pk).update(state="failed", reason="They said no.")
        chains.update_parts_behind(parts[0])
        assert Outgoing.objects.get(pk=third.pk).reason == "They said no."
        woken.pop()
        chains.update_parts_behind(parts[0])
        assert woken == [True]

    def test_what_is_sent_names_the_part_before_it(self, cast: Cast, parts: list[Outgoing]) -> None:
        first, second, _third = parts
        assert chains.draft_to_send(first) == first.frozen
        second.draft = Draft(DraftKind.PART, "Two", in_reply_to=chains.PART_BEFORE).as_json()
        bare = chains.hash_draft(second)
        with pytest.raises(errors.Refused) as refused:
            chains.draft_to_send(second)
        assert refused.value.user_message == "The part before it is not there, so this cannot stand beneath it."
        copy = RemotePost.objects.create(profile=cast.x, remote_id="77", published_at=AT, outgoing=first)
        assert chains.draft_to_send(second).in_reply_to == "77"
        sent = chains.draft_to_send(second).as_json()
        assert chains.hash_draft(second) == hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest()
        assert bare == hashlib.sha256(json.dumps(second.draft, sort_keys=True).encode()).hexdigest()
        copy.deleted_at = AT
        copy.save()
        with pytest.raises(errors.Refused):
            chains.draft_to_send(second)
        second.after_id = None
        with pytest.raises(errors.Refused):
            chains.draft_to_send(second)

    def test_nothing_of_others_stands_before_what_has_nothing_before_it(
        self, cast: Cast, parts: list[Outgoing]
    ) -> None:
        RemotePost.objects.create(profile=cast.x, remote_id="77", published_at=AT)  # a colleague's
        parts[1].draft = Draft(DraftKind.PART, "Two", in_reply_to=chains.PART_BEFORE).as_json()
        parts[1].after_id = None
        with pytest.raises(errors.Refused):
            chains.draft_to_send(parts[1])

    def test_what_is_said_of_one_thread_is_not_said_of_another(self, cast: Cast, parts: list[Outgoing]) -> None:
        other = put(cast.x, held="chain", chain=put(cast.x), part=2, reason="Its own")
        Attempt.objects.create(outgoing=other, kind="send", worker="w", started_at=AT, outcome=chains.NOT_SHOWN)
        parts[0].state = "sent"
        chains.update_parts_behind(parts[0])
        other.refresh_from_db()
        assert other.reason == "Its own"
        for _ in range(2):
            Attempt.objects.create(outgoing=parts[1], kind="send", worker="w", started_at=AT, outcome=chains.NOT_SHOWN)
        assert chains.outcome_of_not_visible(parts[1], error(errors.NotVisible), AT).event == "postpone"  # type: ignore[arg-type]

    @pytest.mark.parametrize(("tried", "again"), [(0, True), (2, True), (3, False)])
    def test_a_part_that_is_not_shown_yet_is_waited_for_a_few_times(self, parts: list[Outgoing], tried, again) -> None:
        for _ in range(tried):
            Attempt.objects.create(outgoing=parts[1], kind="send", worker="w", started_at=AT, outcome=chains.NOT_SHOWN)
        Attempt.objects.create(outgoing=parts[1], kind="send", worker="w", started_at=AT, outcome="other")
        what: Any = error(errors.NotVisible)
        expected = Outcome("postpone", "not shown yet", "So.", "Why", due_at=AT + chains.NOT_SHOWN_WAIT)
        refused = Outcome("refuse", "refused", "So.", "Why")
        assert chains.outcome_of_not_visible(parts[1], what, AT) == (expected if again else refused)
        assert chains.outcome_of_not_visible(parts[0], what, AT) == refused
