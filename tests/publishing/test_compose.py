"""Writing: revisions, variants, and what a draft may still lack."""

import uuid

import pytest

from foundation.errors import Conflict, Invalid, PermissionDenied
from networks.models import Outgoing
from networks.text_rules import MAX_TEXT_LENGTH
from organizations.models import AuditEntry
from publishing.actions.compose import withdraw_post
from publishing.actions.draft_deletion import delete_post
from publishing.actions.next_steps import PublishIntent
from publishing.actions.schedule import schedule_post
from publishing.models import Post, Revision
from tests.cast import Cast
from tests.posts import create_post, edit_post, rewrite_post


def test_an_edit_makes_a_new_revision_and_keeps_the_old(cast: Cast, write) -> None:
    post = write(cast.ed, "One")
    edited = edit_post(cast.priya, post, text="Two", variants={"x": "Two on X"})
    numbers = Revision.objects.filter(post=post).order_by("number").values_list("number", "text", "author__user__name")
    assert list(numbers) == [(1, "One", "Ed"), (2, "Two", "Priya")]
    assert edited.revision.wording("x") == "Two on X"
    assert edited.revision.wording("facebook") == "Two"


def test_an_edit_that_changes_nothing_makes_no_revision(cast: Cast, write) -> None:
    post = write(cast.ed, "One", variants={"x": "X"})
    assert edit_post(cast.ed, post, text="One", variants={"x": "X", "facebook": " "}).revision.number == 1


def test_a_draft_may_be_unfinished_but_not_unreadable(cast: Cast, in_acme) -> None:
    long = "x" * 500
    assert create_post(cast.ed, text=long, profiles=[cast.x.pk], unfinished=True).state == "draft"
    assert create_post(cast.ed, text="For nobody yet", profiles=[], unfinished=True).state == "draft"
    for text in ("", "a\0b", "x" * (MAX_TEXT_LENGTH + 1)):
        with pytest.raises(Invalid):
            create_post(cast.ed, text=text, profiles=[], unfinished=True)


def test_people_without_any_draft_right_write_nothing(cast: Cast, in_acme) -> None:
    for member in (cast.vic, cast.cole, cast.ana):
        with pytest.raises(PermissionDenied):
            create_post(member, text="Hello", profiles=[], unfinished=True)


def test_one_form_makes_one_post(cast: Cast, in_acme) -> None:
    key = uuid.uuid4()
    create_post(cast.ed, text="Hello", profiles=[cast.x.pk], form_key=key)
    with pytest.raises(Conflict):
        create_post(cast.ed, text="Hello", profiles=[cast.x.pk], form_key=key)
    assert Post.objects.count() == 1


def test_editing_what_is_scheduled_takes_it_back(cast: Cast, write, rows_of, tomorrow) -> None:
    post = schedule_post(cast.priya, write(cast.priya, "One", cast.x), at=tomorrow)
    assert edit_post(cast.priya, post, text="Two").state == "draft"
    assert rows_of(post) == [("x", "cancelled", "One")]


def test_an_edit_forgets_no_profile_that_has_the_post(cast: Cast, write, tomorrow) -> None:
    """What has left for X stays there, so X stays one of the post's profiles."""
    post = schedule_post(cast.lena, write(cast.lena, "One"), at=tomorrow)
    Outgoing.objects.filter(delivery__post=post, profile=cast.x).update(state="sent")
    edited = edit_post(cast.lena, post, text="Two", profiles=[cast.page.pk])
    assert set(edited.profiles.all()) == {cast.x, cast.page}
    again = schedule_post(cast.lena, edited, at=tomorrow)
    waiting = Outgoing.objects.filter(delivery__post=again, state="waiting")
    assert list(waiting.values_list("profile", flat=True)) == [cast.page.pk], "and does not get it twice"


def test_a_rewrite_brings_it_as_far_as_it_was(cast: Cast, write, rows_of, tomorrow) -> None:
    post = schedule_post(cast.priya, write(cast.ed, "One", cast.x), at=tomorrow)
    assert rewrite_post(cast.priya, post, text="Two").state == "scheduled"
    by_writer = rewrite_post(cast.ed, post, text="Three")
    assert (by_writer.state, by_writer.planned_at) == ("in_review", tomorrow)
    assert [state for _, state, _ in rows_of(post)] == ["cancelled", "cancelled"]


def test_a_contributor_cannot_unmake_what_others_scheduled(cast: Cast, write, tomorrow) -> None:
    post = schedule_post(cast.priya, write(cast.priya, "One", cast.x), at=tomorrow)
    for attempt in (
        lambda: edit_post(cast.ed, post, text="Two"),
        lambda: rewrite_post(cast.ed, post, intent=PublishIntent()),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


def test_the_same_words_can_be_scheduled_again_after_being_taken_back(cast: Cast, write, rows_of, tomorrow) -> None:
    post = schedule_post(cast.priya, write(cast.priya, "One", cast.x), at=tomorrow)
    post = schedule_post(cast.priya, withdraw_post(cast.priya, post), at=tomorrow)
    assert rows_of(post) == [("x", "cancelled", "One"), ("x", "waiting", "One")]


def test_only_drafts_that_were_never_scheduled_are_deleted(cast: Cast, write, tomorrow) -> None:
    draft, planned = write(cast.priya), write(cast.priya)
    schedule_post(cast.priya, planned, at=tomorrow)
    delete_post(cast.priya, draft)
    with pytest.raises(Conflict):
        delete_post(cast.priya, withdraw_post(cast.priya, planned))
    assert list(Post.objects.all()) == [planned]
    assert AuditEntry.objects.filter(verb="post.deleted").count() == 1
