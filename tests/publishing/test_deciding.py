"""What a decision keeps, writes down, tells and refuses."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from foundation.errors import Conflict, Invalid, PermissionDenied
from foundation.overtaking import Overtaken
from networks.models import Outgoing, Profile
from organizations.actors import System
from organizations.models import AuditEntry, Notification
from publishing.actions.review import approve_post, is_scheduled_by_approval, reject_post, submit_post, unapprove_post
from publishing.actions.schedule import cancel_post, move_post
from publishing.models import Decision, Post
from tests.cast import Cast

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


def fresh(post: Post) -> Post:
    return Post.objects.get(pk=post.pk)


class TestDeciding:
    @pytest.fixture
    def asked(self, cast: Cast, write) -> Post:
        Profile.objects.update(needs_approval=True)
        return submit_post(cast.ed, write(cast.ed))

    def test_asking_is_written_down_and_told(self, cast: Cast, write, hints) -> None:
        post = write(cast.ed)
        Post.objects.filter(pk=post.pk).update(review_note="Shorter")
        hints.clear()
        asked = submit_post(cast.ed, post, seen=fresh(post).mark)
        assert (asked.state, fresh(asked).review_note) == ("in_review", "")
        assert entry("post.submitted") == ("Ed", str(post.pk), {"state": ["draft", "in_review"], "revision": 1})
        assert said(hints) == about(cast, post)
        assert {one.member for one in Notification.objects.all()} >= {cast.ava}

    def test_approved_it_waits_or_leaves_at_its_time(self, cast: Cast, asked: Post, tomorrow, hints) -> None:
        hints.clear()
        post = approve_post(cast.ava, asked, revision=1, note=" Fine ", seen=asked.mark)
        assert post.state == "approved"
        decision = Decision.objects.get()
        assert (decision.revision, decision.member, decision.approved, decision.note) == (
            post.revision,
            cast.ava,
            True,
            "Fine",
        )
        assert entry("post.approved") == ("Ava", str(post.pk), {"revision": 1})
        assert said(hints) == about(cast, post)
        assert Notification.objects.filter(member=cast.ed).exists()

    def test_with_a_time_to_come_it_is_planned_at_once_and_written_down(
        self, cast: Cast, asked: Post, tomorrow
    ) -> None:
        move_post(cast.ed, asked, at=tomorrow)
        post = approve_post(cast.ava, asked)
        assert post.state == "scheduled"
        assert entry("post.scheduled") == ("Ava", str(post.pk), {"at": tomorrow.isoformat(), "profiles": [None, BOTH]})
        assert set(Outgoing.objects.values_list("due_at", flat=True)) == {tomorrow}

    @pytest.mark.parametrize(
        ("hours", "verbs", "goes"),
        [(1, {"publish"}, True), (-1, {"publish"}, False), (1, {"approve"}, False), (None, {"publish"}, False)],
    )
    def test_whether_it_goes_by_itself(self, hours, verbs, goes) -> None:
        at = None if hours is None else now() + timedelta(hours=hours)
        assert is_scheduled_by_approval(Post(planned_at=at), frozenset(verbs)) is goes

    def test_sent_back_with_its_reason(self, cast: Cast, asked: Post, hints) -> None:
        hints.clear()
        for note in ("", " "):
            with pytest.raises(Invalid) as refused:
                reject_post(cast.ava, asked, note=note)
            assert refused.value.fields == {"note": ["Say why: its writer reads the reason beside the post."]}
        post = reject_post(cast.ava, asked, revision=1, note="Shorter", seen=asked.mark)
        assert (post.state, fresh(post).review_note) == ("draft", "Shorter")
        assert entry("post.sent_back") == ("Ava", str(post.pk), {"revision": 1, "note": "Shorter"})
        assert said(hints) == about(cast, post)
        decision = Decision.objects.get()
        assert (decision.approved, decision.note, decision.member) == (False, "Shorter", cast.ava)
        assert Notification.objects.filter(member=cast.ed).exists()

    def test_what_the_product_itself_decides_is_nobodys_decision(self, cast: Cast, asked: Post) -> None:
        assert approve_post(System("demo"), asked).state == "approved"
        assert Decision.objects.get().member is None

    @pytest.mark.parametrize(
        ("planned", "act", "title", "about"),
        [
            (False, approve_post, "Ava approved your post for 2 profiles", "Mind the gap"),
            (True, approve_post, "Ava approved your post for 2 profiles: it leaves as planned", "Mind the gap"),
            (False, reject_post, "Ava sent your post for 2 profiles back", "Mind the gap"),
        ],
    )
    def test_its_writer_hears_what_was_decided_and_why(
        self, cast: Cast, asked: Post, tomorrow, planned, act, title, about
    ) -> None:
        if planned:
            move_post(cast.ed, asked, at=tomorrow)
        act(cast.ava, asked, note="Mind the gap")
        told = Notification.objects.get(member=cast.ed, kind="approval_decided")
        assert (told.title, told.about) == (title, about)

    def test_another_revision_or_state_or_person_is_refused(self, cast: Cast, asked: Post) -> None:
        for act in (approve_post, reject_post):
            with pytest.raises(Conflict) as refused:
                act(cast.ava, asked, revision=2, note="So")
            assert refused.value.user_message == "It was changed after you opened it. Read it again before you decide."
            with pytest.raises(Overtaken):
                act(cast.ava, asked, note="So", seen="something else")
            with pytest.raises(PermissionDenied):
                act(cast.priya, asked, note="So")
            with pytest.raises(PermissionDenied):
                act(cast.ed, asked, note="So")
            with pytest.raises(Invalid):
                act(cast.ava, asked, note="x" * 1001)

    def test_an_approval_taken_back_did_not_happen(self, cast: Cast, asked: Post, tomorrow, hints) -> None:
        approve_post(cast.ava, asked)
        hints.clear()
        post = unapprove_post(cast.ava, asked)
        assert (post.state, post.revision_id) == ("in_review", asked.revision_id)
        assert not Decision.objects.exists()
        assert entry("post.approval_taken_back") == ("Ava", str(post.pk), {"state": ["approved", "in_review"]})
        assert said(hints) == about(cast, post)
        move_post(cast.ed, asked, at=tomorrow)
        approve_post(cast.ava, asked)
        again = unapprove_post(cast.ava, asked)
        assert set(Outgoing.objects.values_list("state", flat=True)) == {"cancelled"}
        assert fresh(again).revision_id != asked.revision_id
        assert fresh(again).revision.author == cast.ed
        approve_post(cast.ava, asked)
        assert Outgoing.objects.filter(state="waiting").count() == 2

    def test_of_what_was_cancelled_no_approval_is_taken_back(self, cast: Cast, asked: Post) -> None:
        cancel_post(cast.ed, approve_post(cast.ava, asked))
        with pytest.raises(Conflict) as refused:
            unapprove_post(cast.ava, asked)
        assert refused.value.user_message == "It is not approved any more."
        assert Decision.objects.count() == 1

    def test_only_ones_own_and_only_the_last_is_taken_back(self, cast: Cast, asked: Post) -> None:
        with pytest.raises(Conflict) as refused:
            unapprove_post(cast.ava, asked)
        assert refused.value.user_message == "It is not approved any more."
        approve_post(cast.ava, asked)
        with pytest.raises(Conflict) as refused:
            unapprove_post(cast.olive, asked)
        assert refused.value.user_message == "Somebody else approved it: only they can take that back."
        with pytest.raises(PermissionDenied):
            unapprove_post(cast.ed, asked)
        with pytest.raises(Overtaken):
            unapprove_post(cast.ava, asked, seen="something else")
