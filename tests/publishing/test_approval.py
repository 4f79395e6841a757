"""Approval is bound to the words that were read, and never one's own."""

import pytest

from networks.models import Profile
from publishing.actions.compose import edit_post
from publishing.actions.forward import rewrite_post
from publishing.actions.review import approve_post, reject_post, submit_post
from publishing.actions.schedule import schedule_post
from publishing.models import Decision
from publishing.queries.posts import waiting_for
from socialops.lib.errors import Conflict, Invalid, PermissionDenied
from socialops.lib.states import IllegalMove
from teams.actions.grants import set_grants
from tests.cast import Cast


@pytest.fixture
def in_review(cast: Cast, write, tomorrow):
    return submit_post(cast.ed, write(cast.ed, planned_at=tomorrow))


def test_approval_schedules_at_the_planned_time(cast: Cast, in_review, rows_of, tomorrow) -> None:
    post = approve_post(cast.ava, in_review, revision=1, note="Good")
    assert (post.state, post.planned_at) == ("scheduled", tomorrow)
    assert [state for _, state, _ in rows_of(post)] == ["waiting", "waiting"]
    assert Decision.objects.get().member == cast.ava


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
    assert set(waiting_for(cast.ava)) == set()
    assert set(waiting_for(cast.lena)) == {own, touched}
    assert approve_post(cast.lena, touched).state == "approved"


def test_one_profile_without_the_right_is_enough_to_refuse(cast: Cast, in_review, in_acme) -> None:
    set_grants(cast.olive, cast.page, members={cast.ava.pk: ["view", "publish"]})
    with pytest.raises(PermissionDenied):
        approve_post(cast.ava, in_review)
    assert not waiting_for(cast.ava).exists()


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


def test_two_approvers_at_once_decide_once(cast: Cast, in_review) -> None:
    approve_post(cast.ava, in_review)
    with pytest.raises(Conflict):
        approve_post(cast.lena, in_review)
