"""Approval is bound to the words that were read, and never one's own."""

from datetime import timedelta

import pytest

from foundation.errors import Conflict, Invalid, PermissionDenied
from foundation.states import IllegalMove
from networks.models import Profile
from organizations.models import AuditEntry
from publishing.actions.review import approve_post, reject_post, submit_post
from publishing.actions.schedule import schedule_post
from publishing.models import Decision, Post
from publishing.queries.deciders import pending_decisions
from publishing.queries.posts import posts_to_decide
from teams.actions.grants import set_grants
from tests.cast import Cast
from tests.posts import edit_post, rewrite_post


@pytest.fixture
def in_review(cast: Cast, write, tomorrow):
    return submit_post(cast.ed, write(cast.ed, planned_at=tomorrow))


def test_approval_schedules_at_the_planned_time(cast: Cast, in_review, rows_of, tomorrow) -> None:
    post = approve_post(cast.ava, in_review, revision=1, note="Good")
    assert (post.state, post.planned_at) == ("scheduled", tomorrow)
    assert [state for _, state, _ in rows_of(post)] == ["waiting", "waiting"]
    assert Decision.objects.get().member == cast.ava


@pytest.mark.parametrize("late", [timedelta(0), timedelta(hours=3)])
def test_an_approval_that_comes_too_late_sends_nothing(
    cast: Cast, in_review, rows_of, monkeypatch, tomorrow, late
) -> None:
    """Somebody decides anew when it leaves; it does not leave at once."""
    monkeypatch.setattr("publishing.actions.review.now", lambda: tomorrow + late)
    post = approve_post(cast.lena, in_review)
    assert (post.state, rows_of(post)) == ("approved", [])


def test_without_a_planned_time_it_waits_approved(cast: Cast, write, tomorrow) -> None:
    post = approve_post(cast.ava, submit_post(cast.ed, write(cast.ed)))
    assert post.state == "approved"
    with pytest.raises(PermissionDenied):
        schedule_post(cast.ed, post, at=tomorrow)
    assert schedule_post(cast.priya, post, at=tomorrow).state == "scheduled"


@pytest.mark.parametrize("name", ["ed", "priya", "cole", "ana", "vic"])
def test_who_may_not_approve(cast: Cast, in_review, name: str) -> None:
    with pytest.raises(PermissionDenied):
        approve_post(getattr(cast, name), in_review)


def test_nobody_approves_their_own_words(cast: Cast, write) -> None:
    own = submit_post(cast.ava, write(cast.ava))
    with pytest.raises(PermissionDenied):
        approve_post(cast.ava, own)
    touched = submit_post(cast.ava, edit_post(cast.ava, write(cast.ed), text="Better"))
    with pytest.raises(PermissionDenied):
        approve_post(cast.ava, touched)
    assert set(posts_to_decide(cast.ava)) == set()
    assert set(posts_to_decide(cast.lena)) == {own, touched}
    assert approve_post(cast.lena, touched).state == "approved"


def test_one_profile_without_the_right_is_enough_to_refuse(cast: Cast, in_review, in_acme) -> None:
    set_grants(cast.olive, cast.page, members={cast.ava.pk: ["view", "publish"]})
    with pytest.raises(PermissionDenied):
        approve_post(cast.ava, in_review)
    assert not posts_to_decide(cast.ava).exists()


def test_a_decision_about_other_words_is_refused(cast: Cast, in_review) -> None:
    rewrite_post(cast.ed, in_review, text="Quite different")
    with pytest.raises(Conflict):
        approve_post(cast.ava, in_review, revision=1)
    assert not Decision.objects.exists()


def test_an_edit_takes_the_approval_away(cast: Cast, write, tomorrow) -> None:
    Profile.objects.update(needs_approval=True)
    post = approve_post(cast.ava, submit_post(cast.ed, write(cast.ed)))
    edited = rewrite_post(cast.ed, post, text="Not what was approved")
    assert edited.state == "in_review"
    with pytest.raises(IllegalMove):
        schedule_post(cast.olive, edited, at=tomorrow)


def test_sent_back_with_a_reason(cast: Cast, in_review) -> None:
    post = reject_post(cast.ava, in_review, note="Name the price")
    assert (post.state, post.review_note) == ("draft", "Name the price")
    with pytest.raises(Invalid):
        reject_post(cast.ava, submit_post(cast.ed, post), note="x" * 1001)


@pytest.mark.parametrize("note", ["", "  \n", "\u200b"])
def test_a_send_back_asks_for_its_reason_at_every_door(cast: Cast, in_review, sign_in, api, note: str) -> None:
    with pytest.raises(Invalid) as refused:
        reject_post(cast.ava, in_review, note=note)
    assert "note" in refused.value.fields
    answer = api(cast.ava).post(f"posts/{in_review.pk}/reject/", {"note": note})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["note"])
    page = sign_in(cast.ava).post(f"/o/acme/posts/{in_review.pk}/reject/", {"note": note}, follow=True)
    assert [one.level_tag for one in page.context["messages"]] == ["error"]
    in_review.refresh_from_db()
    assert in_review.state == "in_review"
    assert approve_post(cast.ava, in_review).state == "scheduled"  # which needs no words


def test_who_approves_is_named_and_since_when_it_waits(cast: Cast, in_review, sign_in) -> None:
    page = sign_in(cast.ed).get(f"/o/acme/posts/{in_review.pk}/")
    waits = page.context["waits"]
    assert (waits.people, waits.more, waits.admins) == (["Ava", "Lena"], 0, False)
    assert waits.since == AuditEntry.objects.get(verb="post.submitted").at
    assert "Waits for <bdi>Ava</bdi>, <bdi>Lena</bdi>, since" in " ".join(page.content.decode().split())
    listed = sign_in(cast.ava).get("/o/acme/approvals/").content.decode()
    assert "Waits for <bdi>Ava</bdi>, <bdi>Lena</bdi>, since" in " ".join(listed.split())


def test_nobody_who_wrote_it_is_named_and_admins_where_there_is_nobody_else(cast: Cast, write) -> None:
    own, for_admins = submit_post(cast.ava, write(cast.ava)), write(cast.ed, "For admins", cast.x)
    submit_post(cast.ed, for_admins)
    found = pending_decisions(Post.objects.select_related("revision"))
    assert found[own.pk].people == ["Lena"]
    for who in (cast.ava, cast.lena):
        set_grants(cast.olive, cast.x, members={who.pk: []})
    found = pending_decisions(Post.objects.select_related("revision"))
    assert found[for_admins.pk].admins
    assert found[for_admins.pk].people == [cast.olive.name]


def test_who_approves_is_asked_in_as_many_queries_for_many(cast: Cast, write, django_assert_num_queries) -> None:
    for _ in range(4):
        submit_post(cast.ed, write(cast.ed))
    posts = list(Post.objects.select_related("revision"))
    with django_assert_num_queries(5):
        assert len(pending_decisions(posts)) == 4
    with django_assert_num_queries(0):
        pending_decisions([])


def test_two_approvers_at_once_decide_once(cast: Cast, in_review) -> None:
    approve_post(cast.ava, in_review)
    with pytest.raises(Conflict):
        approve_post(cast.lena, in_review)
