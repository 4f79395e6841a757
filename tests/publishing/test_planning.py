"""What planning, moving and cancelling a post do to its rows, write down and tell."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.timezone import now

from foundation.errors import Conflict, Invalid, PermissionDenied
from foundation.overtaking import Overtaken
from foundation.states import IllegalMove
from networks.models import Outgoing, Profile, Restoration
from organizations.models import AuditEntry
from publishing.actions import post_outbox
from publishing.actions.review import submit_post
from publishing.actions.schedule import cancel_post, move_post, publish_now, schedule_post
from publishing.models import Delivery, Post
from teams.actions.grants import set_grants
from tests.cast import Cast
from tests.posts import create_post, edit_post
from tests.publishing.parts import settle, spring

pytestmark = pytest.mark.usefixtures("in_acme")
BOTH = ["Acme (x)", "Acmepage (facebook)"]


def entry(verb: str) -> tuple[str, str, dict]:
    found = AuditEntry.objects.filter(verb=verb).latest("pk")
    return found.actor_name, found.target_id, found.change


def about(cast: Cast, post: Post, *profiles: Profile) -> list[tuple]:
    """The hints of one change."""
    return [(cast.acme.pk, "posts", post.pk, one.pk, None) for one in profiles or (cast.x, cast.page)]


def said(hints: list[tuple]) -> list[tuple]:
    """Those about posts, which are then forgotten."""
    found = sorted(hint for hint in hints if hint[1] == "posts")
    hints.clear()
    return found


class TestPlanning:
    def test_is_written_down_and_told(self, cast: Cast, write, tomorrow, hints) -> None:
        post = write(cast.priya)
        hints.clear()
        planned = schedule_post(cast.priya, post, at=tomorrow, zone="Asia/Tokyo", seen=post.mark)
        assert (planned.state, planned.planned_at, planned.planned_zone) == ("scheduled", tomorrow, "Asia/Tokyo")
        assert entry("post.scheduled") == (
            "Priya",
            str(post.pk),
            {"at": tomorrow.isoformat(), "profiles": [None, BOTH]},
        )
        assert said(hints) == about(cast, post)
        for one in Delivery.objects.select_related("outgoing"):
            assert (one.post, one.revision, one.profile) == (post, post.revision, one.outgoing.profile)
            assert one.outgoing.key == f"delivery:{post.revision_id}:{one.profile_id}"
            assert (one.outgoing.due_at, one.outgoing.planned_at) == (tomorrow, tomorrow)
            assert one.outgoing.written_at == post.revision.created_at

    def test_another_time_moves_post_and_rows(self, cast: Cast, write, tomorrow, hints) -> None:
        post = schedule_post(cast.priya, write(cast.priya), at=tomorrow, zone="Asia/Tokyo")
        later = tomorrow + timedelta(days=1)
        hints.clear()
        for act in (schedule_post, move_post):
            moved = act(cast.priya, post, at=later)
            assert (moved.planned_at, moved.planned_zone) == (later, "Asia/Tokyo")
            assert set(Outgoing.objects.values_list("due_at", flat=True)) == {later}
            assert entry("post.moved") == (
                "Priya",
                str(post.pk),
                {"at": [(later - timedelta(days=1)).isoformat(), later.isoformat()]},
            )
            assert said(hints) == about(cast, post)
            later += timedelta(days=1)
        with pytest.raises(Overtaken):
            schedule_post(cast.priya, post, at=later, seen="something else")

    @pytest.mark.parametrize("act", [schedule_post, move_post])
    def test_another_time_is_meant_on_another_clock(self, cast: Cast, write, tomorrow, act) -> None:
        at, skipped = spring("Europe/Madrid")
        post = schedule_post(cast.priya, write(cast.priya), at=tomorrow, zone="Asia/Tokyo")
        moved = act(cast.priya, post, at=at, zone="Europe/Madrid", wall=skipped)
        assert (moved.planned_at, moved.planned_zone, moved.planned_wall) == (at, "Europe/Madrid", skipped)
        draft = move_post(cast.priya, write(cast.priya), at=at, zone="Europe/Madrid", wall=skipped)
        assert draft.planned_wall == skipped
        assert schedule_post(cast.priya, draft, at=at, zone="Europe/Madrid").planned_wall == skipped
        assert move_post(cast.priya, draft, at=at).planned_wall == skipped

    def test_only_what_waits_is_moved(self, cast: Cast, write, tomorrow) -> None:
        post = schedule_post(cast.priya, write(cast.priya, "One", thread=["Two"]), at=tomorrow)
        Outgoing.objects.filter(profile=cast.page).update(state="failed")
        later = tomorrow + timedelta(days=1)
        move_post(cast.priya, post, at=later)
        moved = Outgoing.objects.filter(due_at=later).values_list("profile", "state")
        assert set(moved) == {(cast.x.pk, "waiting")}
        Outgoing.objects.update(state="failed")
        with pytest.raises(Conflict) as refused:
            move_post(cast.priya, post, at=later)
        assert refused.value.user_message == "Nothing of it is waiting any more."

    def test_what_was_changed_meanwhile_does_not_leave_now(self, cast: Cast, write) -> None:
        with pytest.raises(Overtaken):
            publish_now(cast.priya, write(cast.priya), seen="something else")

    def test_where_no_clock_is_named_it_is_the_movers(self, cast: Cast, write, tomorrow) -> None:
        moved = move_post(cast.ed, write(cast.ed), at=tomorrow)
        assert moved.planned_zone == cast.ed.time_zone == "Europe/Madrid"

    def test_whoever_may_publish_calls_off_what_they_may_not_write(self, cast: Cast, write, tomorrow) -> None:
        post = schedule_post(cast.priya, write(cast.priya, "Hello", cast.x), at=tomorrow)
        set_grants(cast.olive, cast.x, members={cast.ana.pk: ["view", "publish"]})
        assert cancel_post(cast.ana, post).state == "cancelled"

    def test_a_draft_moves_without_leaving(self, cast: Cast, write, tomorrow, hints) -> None:
        post = write(cast.ed)
        hints.clear()
        move_post(cast.ed, post, at=tomorrow, zone="Asia/Tokyo")
        moved = move_post(cast.ed, post, at=tomorrow + timedelta(hours=1))
        assert (moved.state, moved.planned_zone) == ("draft", "Asia/Tokyo")
        assert entry("post.moved")[2]["at"][0] == tomorrow.isoformat()
        assert said(hints) == sorted(about(cast, post) * 2)
        assert not Outgoing.objects.exists()
        with pytest.raises(Invalid):
            move_post(cast.ed, post, at=now() - timedelta(hours=1))

    def test_what_asks_for_approval_does_not_leave_without(self, cast: Cast, write, tomorrow) -> None:
        Profile.objects.filter(pk=cast.page.pk).update(needs_approval=True)
        with pytest.raises(PermissionDenied) as refused:
            schedule_post(cast.priya, write(cast.priya), at=tomorrow)
        assert refused.value.user_message == "One of its profiles asks for approval first. Send it for approval."
        assert schedule_post(cast.priya, write(cast.priya, "Hello", cast.x), at=tomorrow).state == "scheduled"

    def test_what_a_network_would_not_take_is_not_planned(self, cast: Cast, write, tomorrow) -> None:
        for post in (write(cast.priya, "x" * 281, cast.x, unfinished=True),):
            with pytest.raises(Invalid):
                schedule_post(cast.priya, post, at=tomorrow)
            with pytest.raises(Invalid):
                submit_post(cast.priya, post)
        nowhere = create_post(cast.priya, text="Hello", profiles=[], unfinished=True)
        with pytest.raises(Invalid) as refused:
            submit_post(cast.priya, nowhere)
        assert refused.value.fields == {"profiles": ["Choose at least one profile."]}

    def test_cancelled_nothing_more_of_it_leaves(self, cast: Cast, write, tomorrow, hints) -> None:
        post = schedule_post(cast.priya, write(cast.priya), at=tomorrow)
        hints.clear()
        assert cancel_post(cast.priya, post, seen=post.mark).state == "cancelled"
        assert entry("post.cancelled") == (
            "Priya",
            str(post.pk),
            {"state": ["scheduled", "cancelled"], "already left": 0},
        )
        assert set(Outgoing.objects.values_list("state", flat=True)) == {"cancelled"}
        assert (cast.acme.pk, "posts", post.pk, cast.x.pk, None) in hints
        with pytest.raises(IllegalMove):
            schedule_post(cast.priya, post, at=tomorrow)

    def test_cancelled_in_part_what_has_left_stays(self, cast: Cast, write, tomorrow) -> None:
        post = publish_now(cast.priya, write(cast.priya))
        settle(1, "sent", "x")
        cancel_post(cast.priya, post)
        assert entry("post.cancelled")[2]["already left"] == 1
        again = publish_now(cast.priya, write(cast.priya, "Other", cast.x))
        Outgoing.objects.filter(delivery__post=again).update(state="sent")
        with pytest.raises(Conflict) as refused:
            cancel_post(cast.priya, again)
        assert refused.value.user_message == "All of it has left already, so there is nothing to cancel."
        with pytest.raises(Conflict):
            move_post(cast.priya, again, at=tomorrow)

    def test_what_has_begun_is_not_moved(self, cast: Cast, write, tomorrow) -> None:
        post = schedule_post(cast.priya, write(cast.priya), at=tomorrow)
        for state in ("sending", "unknown"):
            Outgoing.objects.filter(profile=cast.x).update(state=state)
            with pytest.raises(Conflict) as refused:
                move_post(cast.priya, post, at=tomorrow + timedelta(days=1))
            assert refused.value.user_message == "It has begun to leave a moment ago, so this is no longer possible."
            with pytest.raises(Conflict):
                edit_post(cast.priya, post, text="Other")
        Outgoing.objects.update(state="failed")
        with pytest.raises(Conflict):
            move_post(cast.priya, post, at=tomorrow + timedelta(days=1))

    def test_what_has_left_everywhere_is_not_edited_and_a_torn_thread_neither(
        self, cast: Cast, write, tomorrow
    ) -> None:
        post = publish_now(cast.priya, write(cast.priya, "One", cast.x, thread=["Two", "Three"]))
        settle(1, "sent")
        with pytest.raises(Conflict) as refused:
            edit_post(cast.priya, post, text="Other")
        assert refused.value.user_message.startswith("A part of it has left.")
        Outgoing.objects.update(state="sent")
        with pytest.raises(Conflict) as refused:
            edit_post(cast.priya, post, text="Other")
        assert refused.value.user_message.startswith("It has left for every profile")


class TestRows:
    def test_an_edit_goes_on_to_those_who_do_not_have_it_yet(self, cast: Cast, write, tomorrow) -> None:
        post = publish_now(cast.priya, write(cast.priya))
        settle(1, "sent", "x")
        edited = edit_post(cast.priya, post, text="Other")
        schedule_post(cast.priya, edited, at=tomorrow)
        waiting = Outgoing.objects.filter(state="waiting")
        assert [(row.profile, row.draft["text"]) for row in waiting] == [(cast.page, "Other")]
        assert post_outbox.reached_profile_ids(edited) == [cast.x.pk]
        assert post_outbox.reached_profile_ids(write(cast.priya)) == []

    def test_what_was_rewritten_since_an_older_state_came_back_keeps_its_earlier_words(self, cast: Cast, write) -> None:
        post = write(cast.priya, "One", cast.x)
        at = now()
        Restoration.objects.create(how="copy", dumped_at=at, noticed_at=at, written_before=at)
        edited = publish_now(cast.priya, edit_post(cast.priya, post, text="Two"))
        (row,) = Outgoing.objects.filter(delivery__post=edited)
        assert (row.draft["text"], [one["text"] for one in row.former]) == ("Two", ["One"])
        assert row.written_at == post.revision.created_at

    def test_the_last_part_of_a_thread_is_cancelled_first(self, cast: Cast, posted: Post, monkeypatch) -> None:
        cancelled: list[int] = []
        real = post_outbox.cancel_outgoing
        monkeypatch.setattr(post_outbox, "cancel_outgoing", lambda row: (cancelled.append(row.part), real(row)))
        assert post_outbox.cancel_unsent(post_outbox.lock_post_outgoing(posted)) == 3
        assert cancelled == [3, 2, 1]
        assert post_outbox.lock_post_outgoing(posted) == []

    def test_a_planned_time_is_kept_in_three(self, cast: Cast, tomorrow) -> None:
        none = {"planned_at": None, "planned_wall": None, "planned_zone": ""}
        assert post_outbox.planned_time_columns(cast.ed, None, "Asia/Tokyo", tomorrow) == none
        summer = datetime(2027, 7, 1, 12, tzinfo=UTC)
        found = post_outbox.planned_time_columns(cast.ed, summer, "")
        assert found == {
            "planned_at": summer,
            "planned_wall": datetime(2027, 7, 1, 14, tzinfo=UTC),
            "planned_zone": "Europe/Madrid",
        }
        from organizations.actors import System

        assert post_outbox.planned_time_columns(System("clock"), summer, "")["planned_zone"] == "UTC"
        meant = datetime(2027, 7, 1, 21, tzinfo=UTC)
        assert post_outbox.planned_time_columns(cast.ed, summer, "Asia/Tokyo", None, meant)["planned_wall"] == meant

    def test_when_nothing_is_planned_the_log_says_so(self, cast: Cast, write) -> None:
        assert post_outbox.plan_for_audit(write(cast.ed)) == {"at": None, "profiles": [None, BOTH]}
