"""What one button does with a post: kept, asked for approval, planned, or sent."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils.timezone import now

from networks.models import Profile
from organizations.models import AuditEntry
from publishing.actions.content import content_of
from publishing.actions.next_steps import NO_INTENT, PublishIntent, advance_post, may_publish_directly, resume_intent
from publishing.actions.review import approve_post, submit_post
from publishing.actions.schedule import schedule_post
from publishing.composing.threads import VariantWording
from publishing.models import Post
from tests.cast import Cast
from tests.posts import rewrite_post, write_post
from tests.publishing.parts import spring

pytestmark = pytest.mark.usefixtures("in_acme")


class TestPuttingForward:
    """What one button does: kept, asked for approval, planned, or sent."""

    @pytest.mark.parametrize(
        ("who", "intent", "state", "planned"),
        [
            ("ed", NO_INTENT, "draft", False),
            ("ed", PublishIntent(submit=True), "in_review", False),
            ("ed", PublishIntent(now=True), "in_review", False),
            ("ed", "tomorrow", "in_review", True),
            ("priya", "tomorrow", "scheduled", True),
            ("priya", PublishIntent(now=True), "scheduled", True),
            ("priya", PublishIntent(submit=True), "in_review", False),
        ],
    )
    def test_a_new_post_takes_its_next_step(self, cast: Cast, tomorrow, who, intent, state, planned) -> None:
        intent = PublishIntent(at=tomorrow, zone="Asia/Tokyo") if intent == "tomorrow" else intent
        post = write_post(getattr(cast, who), text="Hello", profiles=[cast.x.pk], intent=intent)
        assert (post.state, post.planned_at is not None) == (state, planned)
        if intent.at:
            assert (post.planned_at, post.planned_zone) == (tomorrow, "Asia/Tokyo")

    def test_a_new_post_is_planned_from_the_start(self, cast: Cast, tomorrow) -> None:
        for who in (cast.ed, cast.priya):
            write_post(who, text="Hello", profiles=[cast.x.pk], intent=PublishIntent(at=tomorrow, zone="Asia/Tokyo"))
        assert not AuditEntry.objects.filter(verb="post.moved").exists()
        assert set(Post.objects.values_list("planned_at", flat=True)) == {tomorrow}

    def test_a_new_post_may_be_unfinished(self, cast: Cast) -> None:
        assert write_post(cast.ed, text="x" * 281, profiles=[cast.x.pk], unfinished=True).state == "draft"

    def test_what_waits_for_approval_is_meant_as_its_writer_said(self, cast: Cast) -> None:
        at, skipped = spring("Europe/Madrid")
        intent = PublishIntent(at=at, zone="Europe/Madrid", wall=skipped)
        post = write_post(cast.ed, text="Hello", profiles=[cast.x.pk], intent=intent)
        assert (post.state, post.planned_wall) == ("in_review", skipped)

    def test_all_that_was_given_is_kept(self, cast: Cast, upload, tomorrow) -> None:
        first, second = upload(cast.ed), upload(cast.ed)
        key = uuid4()
        made = write_post(
            cast.ed,
            text="One",
            profiles=[cast.x.pk],
            variants={"x": VariantWording("Mine", ("Too",))},
            thread=["Two"],
            first_comment="More",
            media=[first.pk],
            thread_media=[[second.pk]],
            alt_texts={first.pk: "Bread"},
            unfinished=True,
            form_key=key,
        )
        found = content_of(made)
        assert (found.text, found.thread, found.comment, found.variants) == (
            "One",
            ("Two",),
            "More",
            {"x": VariantWording("Mine", ("Too",))},
        )
        assert [[(one.asset, one.media.alt_text) for one in part] for part in found.files] == [
            [(first.pk, "Bread")],
            [(second.pk, "")],
        ]
        assert made.form_key == key

    def test_an_edit_changes_what_is_given_and_keeps_the_rest(self, cast: Cast, write, upload) -> None:
        first, second = upload(cast.ed), upload(cast.ed)
        post = write(cast.ed, "One", cast.page)
        given = {
            "text": "Two",
            "profiles": [cast.x.pk, cast.page.pk],
            "variants": {"x": VariantWording("Mine", ())},
            "thread": ["Three"],
            "media": [first.pk],
            "thread_media": [[second.pk]],
            "alt_texts": {second.pk: "Bread"},
        }
        for name, value in given.items():
            post = rewrite_post(cast.ed, post, **{name: value})
        found = content_of(post)
        assert (found.text, found.thread, found.variants, found.ids) == (
            "Two",
            ("Three",),
            {"x": VariantWording("Mine", ())},
            {cast.x.pk, cast.page.pk},
        )
        assert [[one.asset for one in part] for part in found.files] == [[first.pk], [second.pk]]

    @pytest.mark.parametrize(
        ("state", "hours", "intent", "expected"),
        [
            ("draft", 1, NO_INTENT, NO_INTENT),
            ("scheduled", 1, NO_INTENT, "planned"),
            ("approved", 1, NO_INTENT, "planned"),
            ("scheduled", -1, NO_INTENT, PublishIntent(submit=False)),
            ("in_review", None, NO_INTENT, PublishIntent(submit=True)),
            ("approved", None, NO_INTENT, PublishIntent(submit=True)),
            ("scheduled", 1, PublishIntent(unplan=True), PublishIntent(unplan=True)),
        ],
    )
    def test_it_does_not_fall_back_in_silence(self, cast: Cast, write, state, hours, intent, expected) -> None:
        post = write(cast.priya)
        at = None if hours is None else now() + timedelta(hours=hours)
        before = Post(state=state, planned_at=at, planned_zone="Asia/Tokyo")
        planned = PublishIntent(at=at, zone="Asia/Tokyo")
        assert resume_intent(cast.priya, post, before, intent) == (planned if expected == "planned" else expected)
        if state == "scheduled" and hours == -1:
            assert resume_intent(cast.ed, post, before, intent) == PublishIntent(submit=True)

    def test_words_that_are_not_given_are_not_judged(self, cast: Cast, write, tomorrow) -> None:
        post = write(cast.ed, "x" * 281, cast.x, unfinished=True, planned_at=tomorrow)
        assert rewrite_post(cast.ed, post, intent=PublishIntent(unplan=True)).planned_at is None

    @pytest.mark.parametrize(("who", "state"), [("ed", "in_review"), ("priya", "draft")])
    def test_what_should_have_left_is_asked_about_again_by_whoever_may_not_send_it(
        self, cast: Cast, write, tomorrow, who, state
    ) -> None:
        post = schedule_post(cast.priya, write(cast.ed), at=tomorrow)
        Post.objects.filter(pk=post.pk).update(planned_at=now() - timedelta(minutes=1))
        assert rewrite_post(getattr(cast, who), post, text="Other").state == state

    def test_who_may_send_without_asking(self, cast: Cast, write) -> None:
        post = write(cast.priya)
        assert may_publish_directly(cast.priya, post) is True
        assert may_publish_directly(cast.ed, post) is False
        Profile.objects.update(needs_approval=True)
        assert may_publish_directly(cast.priya, post) is False
        post.state = "scheduled"
        assert may_publish_directly(cast.priya, post) is True
        post.state = "approved"
        assert may_publish_directly(cast.priya, post) is True

    def test_what_waits_for_approval_is_moved_and_goes_on_waiting(self, cast: Cast, write, tomorrow) -> None:
        post = submit_post(cast.ed, write(cast.ed))
        moved = advance_post(cast.priya, post, PublishIntent(at=tomorrow, zone="Asia/Tokyo"))
        assert (moved.state, moved.planned_at, moved.planned_zone) == ("in_review", tomorrow, "Asia/Tokyo")
        count = AuditEntry.objects.count()
        advance_post(cast.priya, moved, PublishIntent(at=tomorrow))
        assert AuditEntry.objects.count() == count
        assert advance_post(cast.priya, moved, PublishIntent(submit=True)).state == "in_review"

    def test_what_was_approved_leaves_by_whoever_may_send_it(self, cast: Cast, write, tomorrow) -> None:
        Profile.objects.update(needs_approval=True)
        post = approve_post(cast.ava, submit_post(cast.ed, write(cast.ed)))
        assert advance_post(cast.ed, post, PublishIntent(at=tomorrow)).state == "approved"
        assert advance_post(cast.priya, post, PublishIntent(at=tomorrow)).state == "scheduled"

    @pytest.mark.parametrize("now_and_then", [False, True])
    def test_what_is_to_leave_now_leaves_now(self, cast: Cast, write, tomorrow, now_and_then) -> None:
        planned = schedule_post(cast.priya, write(cast.priya), at=tomorrow)
        intent = PublishIntent(now=True, at=tomorrow if now_and_then else None)
        for post in (planned, write(cast.priya)):
            assert advance_post(cast.priya, post, intent).planned_at < tomorrow

    @pytest.mark.parametrize(("who", "state"), [("ed", "in_review"), ("priya", "scheduled")])
    def test_another_time_is_kept_as_it_was_meant(self, cast: Cast, write, who, state) -> None:
        at, skipped = spring("Europe/Madrid")
        post = advance_post(
            getattr(cast, who), write(cast.ed), PublishIntent(at=at, zone="Europe/Madrid", wall=skipped)
        )
        assert (post.state, post.planned_at, post.planned_wall) == (state, at, skipped)

    def test_unplanned_by_an_edit(self, cast: Cast, write, tomorrow) -> None:
        post = schedule_post(cast.priya, write(cast.priya), at=tomorrow)
        assert rewrite_post(cast.priya, post, intent=PublishIntent(unplan=True)).planned_at is None
