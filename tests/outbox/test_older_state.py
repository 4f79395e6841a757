"""An older state of the database: how it is told apart, and what is doubted then."""

import uuid
from datetime import timedelta

import pytest
from django.utils.timezone import now

from networks.contract import (
    Draft,
    DraftKind,
    Published,
)
from networks.models import FallbackPlan, Outgoing, Restoration
from networks.outbox import (
    doubted_rows,
    former_drafts,
    pulse,
    reconciling,
)
from networks.outbox.outcomes import Outcome
from tests.cast import Cast
from tests.outbox.pretended import AT, FOUND, MINUTE, SECOND, Network
from tests.outbox.rows import put


class TestAnOlderState:
    @pytest.fixture
    def came_back(self, db) -> Restoration:
        return Restoration.objects.create(how="copy", dumped_at=AT, noticed_at=AT + MINUTE, written_before=AT + MINUTE)

    @pytest.fixture
    def row(self, cast: Cast, in_acme, came_back: Restoration) -> Outgoing:
        return put(cast.x, restoration=came_back, doubted=True, written_at=AT - MINUTE, reason="So.")

    def test_what_may_have_left_is_doubted_but_a_deletion_is_not(self, cast: Cast, in_acme, came_back) -> None:
        row = put(cast.x, needs_person=True, claim=uuid.uuid4(), looks=2)
        assert doubted_rows.doubt_row(row, came_back.pk, AT) is True
        row.refresh_from_db()
        assert (row.state, row.restoration, row.doubted, row.looks, row.needs_person, row.claim, row.due_at) == (
            "unknown",
            came_back,
            True,
            0,
            False,
            None,
            AT,
        )
        assert (row.lease_until, row.reason) == (AT, doubted_rows.DOUBTED_REASON)
        gone = put(cast.x)
        gone.draft = gone.draft | {"kind": "delete"}
        assert doubted_rows.doubt_row(gone, came_back.pk, AT) is False

    def test_since_when_it_may_have_left(self, row: Outgoing, came_back: Restoration) -> None:
        assert doubted_rows.may_have_left_since(row) == AT
        row.first_tried_at = AT - SECOND
        assert doubted_rows.may_have_left_since(row) == AT - SECOND
        row.first_tried_at = None
        again = {"how": "copy", "noticed_at": AT, "written_before": AT}
        row.restoration = Restoration.objects.create(dumped_at=AT + timedelta(hours=1), **again)
        assert doubted_rows.may_have_left_since(row) == AT  # the first of the two states was saved then
        Restoration.objects.filter(pk=came_back.pk).update(planned_before=AT)
        assert doubted_rows.may_have_left_since(row) == AT + timedelta(hours=1)
        later = Restoration.objects.create(
            dumped_at=AT - timedelta(hours=9), **again
        )  # it was not looked for after this
        assert doubted_rows.may_have_left_since(row) == AT + timedelta(hours=1)
        later.delete()
        Restoration.objects.filter(pk=came_back.pk).update(planned_before=None, written_before=AT - MINUTE)
        assert doubted_rows.may_have_left_since(row) == AT + timedelta(hours=1)
        row.restoration = None
        assert doubted_rows.may_have_left_since(row) == row.created_at
        row.first_tried_at = AT - SECOND
        assert doubted_rows.may_have_left_since(row) == AT - SECOND

    def test_what_another_profile_may_have_stood_in_for_waits_for_a_person(self, cast: Cast, row, came_back) -> None:
        plan = FallbackPlan.objects.create(network="facebook", after_minutes=5, profile=cast.page, text="{text}")
        Outgoing.objects.filter(pk=row.pk).update(planned_at=came_back.noticed_at)
        row.refresh_from_db()
        shown = came_back.noticed_at + doubted_rows.SHOWN_WITHIN
        assert doubted_rows.outcome_after_restore(row, shown).event == "postpone"
        FallbackPlan.objects.filter(pk=plan.pk).update(network="x")
        assert doubted_rows.outcome_after_restore(row, shown) == Outcome(
            "keep_looking", "needs a person", doubted_rows.FALLBACK_REASON % "Acmepage", asks_person=True
        )
        assert doubted_rows.possible_stand_in(row) == "Acmepage"
        row.planned_at += SECOND
        assert doubted_rows.possible_stand_in(row) == ""
        row.planned_at -= SECOND
        row.draft = row.draft | {"kind": "reply"}
        assert doubted_rows.possible_stand_in(row) == ""
        row.draft = row.draft | {"kind": "post"}
        row.profile.sandbox = True
        assert doubted_rows.possible_stand_in(row) == ""

    def test_since_when_it_is_looked_for(self, row: Outgoing, came_back: Restoration) -> None:
        assert doubted_rows.looked_for_since(row) == came_back.noticed_at
        row.doubted = False
        assert doubted_rows.looked_for_since(row) == row.created_at
        row.first_tried_at = AT
        assert doubted_rows.looked_for_since(row) == AT

    def test_not_there_it_leaves_or_is_held(self, row: Outgoing, came_back: Restoration) -> None:
        shown = came_back.noticed_at + doubted_rows.SHOWN_WITHIN
        assert doubted_rows.outcome_after_restore(row, shown - SECOND) == Outcome(
            "keep_looking", "not found", "So.", "Not on the profile yet.", due_at=shown, looks=1
        )
        assert doubted_rows.outcome_after_restore(row, shown) == Outcome(
            "postpone", "not found", doubted_rows.LEAVES_REASON, doubted_rows.LEAVES_REASON, due_at=shown
        )
        row.held = "too_late"
        assert doubted_rows.outcome_after_restore(row, shown).reason == doubted_rows.TOO_LATE_REASON

    def test_which_rows_are_doubtful(self, cast: Cast, in_acme) -> None:
        waits, gone = put(cast.x), put(cast.x)
        put(cast.x, held="chain")
        put(cast.x, state="sent")
        at = now()
        busy = [put(cast.x, state=state, planned_at=at + MINUTE) for state in ("sending", "unknown")]
        put(cast.x, planned_at=at + MINUTE)
        Outgoing.objects.filter(pk=gone.pk).update(draft=gone.draft | {"kind": "delete"})
        assert set(doubted_rows.doubtful_rows(at)) == {waits, *busy}

    def test_it_is_looked_for_in_its_earlier_words_too(self, row: Outgoing, monkeypatch) -> None:
        before = Draft(DraftKind.POST, "Cake")
        row.former = [before.as_json()]
        beneath = Draft(DraftKind.REPLY, "Bread", in_reply_to="5")
        (other,) = former_drafts.drafts_in_former_words(row, beneath)
        assert (other.text, other.kind, other.in_reply_to, other.uploads_known) == ("Cake", DraftKind.REPLY, "5", False)
        assert former_drafts.has_words_of_former(Draft(DraftKind.POST, "Cake"), [before]) is True
        assert former_drafts.has_words_of_former(Draft(DraftKind.POST, "Bread"), [before]) is False
        assert (
            former_drafts.reason_for_former_words(FOUND)
            == former_drafts.FOUND_IN_FORMER_WORDS % "https://x.com/acme/status/77"
        )
        assert (
            former_drafts.reason_for_former_words(Published("77", "", None))
            == former_drafts.FOUND_IN_FORMER_WORDS % "77"
        )
        for found, words in (([None, FOUND], "needs a person"), ([FOUND], "sent")):
            monkeypatch.setattr(reconciling, "open_adapter", lambda profile, found=found: Network(found=list(found)))
            assert reconciling.find_outcome(row, AT).word == words
        monkeypatch.setattr(reconciling, "public_permalink", lambda profile, *known: f"ours {profile.pk} {known}")
        monkeypatch.setattr(reconciling, "open_adapter", lambda profile: Network(found=[None, FOUND]))
        shown = reconciling.find_outcome(row, AT)
        where = f"ours {row.profile_id} {(FOUND.remote_id, FOUND.permalink)}"
        assert (shown.reason, shown.detail) == (former_drafts.FOUND_IN_FORMER_WORDS % where, FOUND.remote_id)
        row.doubted = False
        assert former_drafts.drafts_in_former_words(row, beneath) == []
        row.doubted, row.former = True, None
        assert former_drafts.drafts_in_former_words(row, beneath) == []


MARK_PATH = pulse.beat_file_path  # as it is, before the tests put another in its place


class TestPulse:
    @pytest.fixture(autouse=True)
    def _row(self, db, monkeypatch, tmp_path) -> None:
        monkeypatch.setitem(pulse.highest_seen, "beat", 0)
        self.path = tmp_path / "deep" / ".pulse-1"
        monkeypatch.setattr(pulse, "beat_file_path", lambda: self.path)

    def test_the_file_remembers_the_highest_beat(self, caplog) -> None:
        assert pulse.read_beat_file() == 0
        pulse.write_beat_file(7)
        assert pulse.read_beat_file() == 7
        assert [one.name for one in self.path.parent.iterdir()] == [".pulse-1"]
        for odd in ("", "[]", "{}", '{"beat": "x"}', '{"beat": null}'):
            self.path.write_text(odd)
            assert pulse.read_beat_file() == 0
        self.path.unlink()
        self.path.mkdir()
        pulse.write_beat_file(8)
        assert "could not be noted" in caplog.text
        assert pulse.read_beat_file() == 0

    def test_the_file_stands_beside_the_media_under_the_databases_own_name(
        self, settings, tmp_path, monkeypatch
    ) -> None:
        settings.MEDIA_ROOT = str(tmp_path)
        assert MARK_PATH() == tmp_path / f".pulse-{pulse.database_identity()}"
        monkeypatch.setattr(pulse, "database_identity", lambda: "")
        assert MARK_PATH() is None

    def test_where_no_folder_of_the_media_stands_yet_it_is_made(self, tmp_path, monkeypatch) -> None:
        self.path = tmp_path / "not" / "yet" / "there" / ".pulse-1"
        pulse.write_beat_file(7)
        assert pulse.read_beat_file() == 7

    def test_where_nothing_can_be_written_nothing_is_left(self, tmp_path, monkeypatch, caplog) -> None:
        (tmp_path / "file").write_text("")
        self.path = tmp_path / "file" / ".pulse-1"
        pulse.write_beat_file(7)  # its folder cannot be made, so that there is nothing to take away either
        assert "could not be noted" in caplog.text

    def test_a_server_that_does_not_say_which_database_it_is_has_no_name(self, monkeypatch) -> None:
        monkeypatch.setattr(pulse, "IDENTITY_SQL", "SELECT 1 / 0")
        assert pulse.database_identity() == ""

    def test_whether_it_is_being_loaded_is_what_the_server_says(self, monkeypatch) -> None:
        monkeypatch.setattr(pulse, "LOADING_SQL", "SELECT true")
        assert pulse.is_database_loading() is True

    def test_without_a_file_nothing_is_kept(self, monkeypatch) -> None:
        monkeypatch.setattr(pulse, "beat_file_path", lambda: None)
        pulse.write_beat_file(7)
        assert pulse.read_beat_file() == 0

    def test_the_highest_is_known(self) -> None:
        pulse.remember_beat(5)
        pulse.remember_beat(3)
        assert (pulse.highest_seen["beat"], pulse.read_beat_file()) == (5, 3)
        assert pulse.is_trusted_beat(5) is True
        assert pulse.is_trusted_beat(4) is False
        assert pulse.is_trusted_beat(None) is False
        assert pulse.is_trusted_beat(9) is True
        assert pulse.highest_seen["beat"] == 9

    def test_it_beats_at_most_once_a_second_and_says_when_it_was_stopped(
        self, django_capture_on_commit_callbacks
    ) -> None:
        at = now() + timedelta(hours=1)
        with django_capture_on_commit_callbacks(execute=True):
            pulse.restart_pulse(at)
        pulse.Pulse.objects.all().delete()
        with django_capture_on_commit_callbacks(execute=True):
            pulse.restart_pulse(at)  # also where there is none
        first = pulse.read_pulse(at)
        assert first is not None
        assert (first.how, first.beaten_at, first.beat >= pulse.BEAT_MARGIN) == ("", at, True)
        assert pulse.highest_seen["beat"] == pulse.read_beat_file() == first.beat
        for later, beats in ((pulse.BEAT_INTERVAL, 0), (pulse.BEAT_INTERVAL + SECOND / 100, 1)):
            pulse.beat_pulse(at + later)
            found = pulse.read_pulse(at)
            assert found is not None
            assert found.beat == first.beat + beats
        pulse.beat_pulse(at + SECOND, stopped=True)
        row = pulse.Pulse.objects.get(pk=1)
        assert row.stopped_at == at + SECOND

    def test_an_older_state_is_told_apart(self, monkeypatch) -> None:
        at = now()
        pulse.restart_pulse(at)
        state = pulse.read_pulse(at)
        assert state is not None
        monkeypatch.setitem(pulse.highest_seen, "beat", state.beat + 1)
        assert pulse.read_pulse(at).how == "behind"
        monkeypatch.setitem(pulse.highest_seen, "beat", state.beat)
        assert pulse.read_pulse(at).how == ""
        pulse.write_beat_file(state.beat + 1)
        assert pulse.read_pulse(at).how == "behind"
        self.path.unlink()
        late = at + pulse.MAX_GAP
        monkeypatch.setattr(pulse, "PROCESS_STARTED", late)
        assert pulse.read_pulse(late).how == ""
        assert pulse.read_pulse(late + SECOND).how == "gap"
        monkeypatch.setattr(pulse, "PROCESS_STARTED", at)
        assert pulse.read_pulse(late + SECOND).how == ""
        pulse.Pulse.objects.update(written_in=1)
        assert pulse.read_pulse(at).how == "copy"
        pulse.Pulse.objects.all().delete()
        assert pulse.read_pulse(at) is None

    def test_which_database_it_is(self) -> None:
        system, _, number = pulse.database_identity().partition("-")
        assert system.isdecimal()
        assert number.isdecimal()
        assert pulse.is_database_loading() is False
