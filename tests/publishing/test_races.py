"""Two at once, on two real connections: a post leaves once, and only as it was meant last."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils.timezone import now

from foundation.errors import AppError, Conflict
from networks.contract import Published
from networks.models import Outgoing
from networks.outbox.claims import begin_next_row
from networks.outbox.outcomes import outcome_of_published
from networks.outbox.settling import settle_row
from organizations.tenancy import scope
from publishing.actions.next_steps import PublishIntent
from publishing.actions.schedule import cancel_post, move_post, publish_now, schedule_post
from tests.cast import Cast
from tests.posts import create_post, edit_post, write_post
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def scheduled(cast: Cast, *, at=None):
    with scope(cast.acme):
        post = create_post(cast.priya, text="One", profiles=[cast.x.pk])
        return schedule_post(cast.priya, post, at=at) if at else post


def test_one_form_sent_twice_is_one_post(cast: Cast) -> None:
    key = uuid.uuid4()

    def send() -> object:
        return write_post(cast.priya, text="One", profiles=[cast.x.pk], intent=PublishIntent(now=True), form_key=key)

    ends = at_once(cast.acme, send, send, send)
    assert sum(isinstance(end, Conflict) for end in ends) == 2
    with scope(cast.acme):
        assert Outgoing.objects.count() == 1


@pytest.mark.parametrize("change", ["edit", "cancel", "move"])
def test_the_sender_and_a_change_at_the_same_moment(cast: Cast, change: str) -> None:
    """Either it begins to leave and the change is refused, or the change holds and nothing leaves; never both."""
    changes = {
        "edit": lambda post: edit_post(cast.priya, post, text="Two"),
        "cancel": lambda post: cancel_post(cast.priya, post),
        "move": lambda post: move_post(cast.priya, post, at=now() + timedelta(days=1)),
    }
    for _ in range(4):
        post = scheduled(cast, at=now())
        begun, changed = at_once(
            cast.acme,
            lambda: begin_next_row(now()),
            lambda post=post: changes[change](post),
        )
        with scope(cast.acme):
            row = Outgoing.objects.get()
        if begun is None:
            assert not isinstance(changed, AppError)
            assert row.state == ("waiting" if change == "move" else "cancelled")
        else:
            assert isinstance(changed, Conflict)
            assert row.state == "sending"
        with scope(cast.acme):
            Outgoing.objects.all().delete()


@pytest.mark.parametrize("change", ["edit", "cancel", "move"])
def test_a_part_that_arrives_while_its_thread_is_changed(cast: Cast, change: str) -> None:
    """What has begun is not changed any more, but can be stopped: then nothing follows, whoever came first."""
    changes = {
        "edit": lambda post: edit_post(cast.priya, post, thread=["Else"]),
        "cancel": lambda post: cancel_post(cast.priya, post),
        "move": lambda post: move_post(cast.priya, post, at=now() + timedelta(days=1)),
    }
    for number in range(4):
        with scope(cast.acme):
            post = create_post(cast.priya, text="One", profiles=[cast.x.pk], thread=["Two", "Three"])
            publish_now(cast.priya, post)
            row, attempt = begin_next_row(now())
        there = outcome_of_published(Published(f"90{number}", f"https://x.com/acme/status/90{number}"))
        settled, changed = at_once(
            cast.acme,
            lambda row=row, attempt=attempt, there=there: settle_row(row, attempt, there),
            lambda post=post: changes[change](post),
        )
        assert settled is True
        assert isinstance(changed, Conflict) is (change != "cancel")
        with scope(cast.acme):
            rest = "cancelled" if change == "cancel" else "waiting"
            assert list(Outgoing.objects.order_by("pk").values_list("state", flat=True)) == ["sent", rest, rest]
            assert Outgoing.objects.get(part=3).held == "chain"
            assert change == "cancel" or Outgoing.objects.get(part=2).held == ""
            Outgoing.objects.all().delete()


def test_the_sender_passes_over_what_somebody_is_changing(cast: Cast) -> None:
    post = scheduled(cast, at=now())
    with scope(cast.acme), transaction.atomic():
        edit_post(cast.priya, post, text="Two")
        assert at_once(cast.acme, lambda: begin_next_row(now())) == [None]
