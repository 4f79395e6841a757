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
    former,
    looking,
    pulse,
    restored,
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
        assert restored.doubt(row, came_back.pk, AT) is True
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
        assert (row.lease_until, row.reason) == (AT, restored.WHY)
        gone = put(cast.x)
        gone.draft = gone.draft | {"kind": "delete"}
        assert restored.doubt(gone, came_back.pk, AT) is False

    def test_since_when_it_may_have_left(self, row: Outgoing, came_back: Restoration) -> None:
        assert restored.may_have_left_since(row) == AT
        row.first_tried_at = AT - SECOND
        assert restored.may_have_left_since(row) == AT - SECOND
        row.first_tried_at = None
        again = {"how": "copy", "noticed_at": AT, "written_before": AT}
        row.restoration = Restoration.objects.create(dumped_at=AT + timedelta(hours=1), **again)
        assert restored.may_have_left_since(row) == AT  # the first of the two states was saved then
        Restoration.objects.filter(pk=came_back.pk).update(planned_before=AT)
        assert restored.may_have_left_since(row) == AT + timedelta(hours=1)
        later = Restoration.objects.create(
            dumped_at=AT - timedelta(hours=9), **again
        )  # it was not looked for after this
        assert restored.may_have_left_since(row) == AT + timedelta(hours=1)
        later.delete()
        Restoration.objects.filter(pk=came_back.pk).update(planned_before=None, written_before=AT - MINUTE)
        assert restored.may_have_left_since(row) == AT + timedelta(hours=1)
        row.restoration = None
        assert restored.may_have_left_since(row) == row.created_at
        row.first_tried_at = AT - SECOND
        assert restored.may_have_left_since(row) == AT - SECOND

    def test_what_another_profile_may_have_stood_in_for_waits_for_a_person(self, cast: Cast, row, came_back) -> None:
        plan = FallbackPlan.objects.create(network="facebook", after_minutes=5, profile=cast.page, text="{text}")
        Outgoing.objects.filter(pk=row.pk).update(planned_at=came_back.noticed_at)
        row.refresh_from_db()
        shown = came_back.noticed_at + restored.SHOWN_WITHIN
        assert restored.not_there(row, shown).event == "postpone"
        FallbackPlan.objects.filter(pk=plan.pk).update(network="x")
        assert restored.not_there(row, shown) == Outcome(
            "keep_looking", "needs a person", restored.STOOD_IN % "Acmepage", asks_person=True
        )
        assert restored.may_stand_elsewhere(row) == "Acmepage"
        row.planned_at += SECOND
        assert restored.may_stand_elsewhere(row) == ""
        row.planned_at -= SECOND
        row.draft = row.draft | {"kind": "reply"}
        assert restored.may_stand_elsewhere(row) == ""
        row.draft = row.draft | {"kind": "post"}
        row.profile.sandbox = True
        assert restored.may_stand_elsewhere(row) == ""

    def test_since_when_it_is_looked_for(self, row: Outgoing, came_back: Restoration) -> None:
        assert restored.looked_for_since(row) == came_back.noticed_at
        row.doubted = False
        assert restored.looked_for_since(row) == row.created_at
        row.first_tried_at = AT
        assert restored.looked_for_since(row) == AT

    def test_not_there_it_leaves_or_is_held(self, row: Outgoing, came_back: Restoration) -> None:
        shown = came_back.noticed_at + restored.SHOWN_WITHIN
        assert restored.not_there(row, shown - SECOND) == Outcome(
            "keep_looking", "not found", "So.", "Not on the profile yet.", due_at=shown, looks=1
        )
        assert restored.not_there(row, shown) == Outcome(
            "postpone", "not found", restored.LEAVES, restored.LEAVES, due_at=shown
        )
        row.held = "too_late"
        assert restored.not_there(row, shown).reason == restored.HELD

    def test_which_rows_are_doubtful(self, cast: Cast, in_acme) -> None:
        waits, gone = put(cast.x), put(cast.x)
        put(cast.x, held="chain")
        put(cast.x, state="sent")
        at = now()
        busy = [put(cast.x, state=state, planned_at=at + MINUTE) for state in ("sending", "unknown")]
        put(cast.x, planned_at=at + MINUTE)
        Outgoing.objects.filter(pk=gone.pk).update(draft=gone.draft | {"kind": "delete"})
        assert set(restored.doubtful(at)) == {waits, *busy}

    def test_it_is_looked_for_in_its_earlier_words_too(self, row: Outgoing, monkeypatch) -> None:
        before = Draft(DraftKind.POST, "Cake")
        row.former = [before.as_json()]
        beneath = Draft(DraftKind.REPLY, "Bread", in_reply_to="5")
        (other,) = former.other_words(row, beneath)
        assert (other.text, other.kind, other.in_reply_to, other.uploads_known) == ("Cake", DraftKind.REPLY, "5", False)
        assert former.says_as_before(Draft(DraftKind.POST, "Cake"), [before]) is True
        assert former.says_as_before(Draft(DraftKind.POST, "Bread"), [before]) is False
        assert former.in_reason(FOUND) == former.ASKS % "https://x.com/acme/status/77"
        assert former.in_reason(Published("77", "", None)) == former.ASKS % "77"
        for found, words in (([None, FOUND], "needs a person"), ([FOUND], "sent")):
            monkeypatch.setattr(looking, "open_adapter", lambda profile, found=found: Network(found=list(found)))
            assert looking.look(row, AT).word == words
        monkeypatch.setattr(looking, "public_permalink", lambda profile, *known: f"ours {profile.pk} {known}")
        monkeypatch.setattr(looking, "open_adapter", lambda profile: Network(found=[None, FOUND]))
        shown = looking.look(row, AT)
        where = f"ours {row.profile_id} {(FOUND.remote_id, FOUND.permalink)}"
        assert (shown.reason, shown.detail) == (former.ASKS % where, FOUND.remote_id)
        row.doubted = False
        assert former.other_words(row, beneath) == []
        row.doubted, row.former = True, None
        assert former.other_words(row, beneath) == []


MARK_PATH = pulse.mark_path  # as it is, before the tests put another in its place


class TestPulse:
    @pytest.fixture(autouse=True)
    def _row(self, db, monkeypatch, tmp_path) -> None:
        monkeypatch.setitem(pulse.known, "beat", 0)
        self.path = tmp_path / "deep" / ".pulse-1"
        monkeypatch.setattr(pulse, "mark_path", lambda: self.path)

    def test_the_file_remembers_the_highest_beat(self, caplog) -> None:
        assert pulse.kept() == 0
        pulse.keep(7)
        assert pulse.kept() == 7
        assert [one.name for one in self.path.parent.iterdir()] == [".pulse-1"]
        for odd in ("", "[]", "{}", '{"beat": "x"}', '{"beat": null}'):
            self.path.write_text(odd)
            assert pulse.kept() == 0
        self.path.unlink()
        self.path.mkdir()
        pulse.keep(8)
        assert "could not be noted" in caplog.text
        assert pulse.kept() == 0

    def test_the_file_stands_beside_the_media_under_the_databases_own_name(
        self, settings, tmp_path, monkeypatch
    ) -> None:
        settings.MEDIA_ROOT = str(tmp_path)
        assert MARK_PATH() == tmp_path / f".pulse-{pulse.database_name()}"
        monkeypatch.setattr(pulse, "database_name", lambda: "")
        assert MARK_PATH() is None

    def test_where_no_folder_of_the_media_stands_yet_it_is_made(self, tmp_path, monkeypatch) -> None:
        self.path = tmp_path / "not" / "yet" / "there" / ".pulse-1"
        pulse.keep(7)
        assert pulse.kept() == 7

    def test_where_nothing_can_be_written_nothing_is_left(self, tmp_path, monkeypatch, caplog) -> None:
        (tmp_path / "file").write_text("")
        self.path = tmp_path / "file" / ".pulse-1"
        pulse.keep(7)  # its folder cannot be made, so that there is nothing to take away either
        assert "could not be noted" in caplog.text

    def test_a_server_that_does_not_say_which_database_it_is_has_no_name(self, monkeypatch) -> None:
        monkeypatch.setattr(pulse, "NAME", "SELECT 1 / 0")
        assert pulse.database_name() == ""

    def test_whether_it_is_being_loaded_is_what_the_server_says(self, monkeypatch) -> None:
        monkeypatch.setattr(pulse, "LOADING", "SELECT true")
        assert pulse.being_loaded() is True

    def test_without_a_file_nothing_is_kept(self, monkeypatch) -> None:
        monkeypatch.setattr(pulse, "mark_path", lambda: None)
        pulse.keep(7)
        assert pulse.kept() == 0

    def test_the_highest_is_known(self) -> None:
        pulse.remember(5)
        pulse.remember(3)
        assert (pulse.known["beat"], pulse.kept()) == (5, 3)
        assert pulse.is_trusted(5) is True
        assert pulse.is_trusted(4) is False
        assert pulse.is_trusted(None) is False
        assert pulse.is_trusted(9) is True
        assert pulse.known["beat"] == 9

    def test_it_beats_at_most_once_a_second_and_says_when_it_was_stopped(
        self, django_capture_on_commit_callbacks
    ) -> None:
        at = now() + timedelta(hours=1)
        with django_capture_on_commit_callbacks(execute=True):
            pulse.begin_anew(at)
        pulse.Pulse.objects.all().delete()
        with django_capture_on_commit_callbacks(execute=True):
            pulse.begin_anew(at)  # also where there is none
        first = pulse.read(at)
        assert first is not None
        assert (first.how, first.beaten_at, first.beat >= pulse.MARGIN) == ("", at, True)
        assert pulse.known["beat"] == pulse.kept() == first.beat
        for later, beats in ((pulse.EVERY, 0), (pulse.EVERY + SECOND / 100, 1)):
            pulse.beat(at + later)
            found = pulse.read(at)
            assert found is not None
            assert found.beat == first.beat + beats
        pulse.beat(at + SECOND, stopped=True)
        row = pulse.Pulse.objects.get(pk=1)
        assert row.stopped_at == at + SECOND

    def test_an_older_state_is_told_apart(self, monkeypatch) -> None:
        at = now()
        pulse.begin_anew(at)
        state = pulse.read(at)
        assert state is not None
        monkeypatch.setitem(pulse.known, "beat", state.beat + 1)
        assert pulse.read(at).how == "behind"
        monkeypatch.setitem(pulse.known, "beat", state.beat)
        assert pulse.read(at).how == ""
        pulse.keep(state.beat + 1)
        assert pulse.read(at).how == "behind"
        self.path.unlink()
        late = at + pulse.GAP
        monkeypatch.setattr(pulse, "STARTED", late)
        assert pulse.read(late).how == ""
        assert pulse.read(late + SECOND).how == "gap"
        monkeypatch.setattr(pulse, "STARTED", at)
        assert pulse.read(late + SECOND).how == ""
        pulse.Pulse.objects.update(written_in=1)
        assert pulse.read(at).how == "copy"
        pulse.Pulse.objects.all().delete()
        assert pulse.read(at) is None

    def test_which_database_it_is(self) -> None:
        system, _, number = pulse.database_name().partition("-")
        assert system.isdecimal()
        assert number.isdecimal()
        assert pulse.being_loaded() is False
