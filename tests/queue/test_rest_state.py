"""The one word for a post: the same over REST, on the pages and for whoever looks for it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils.timezone import now

from networks.actions.outgoing import enqueue_outgoing
from networks.contract import Draft, DraftKind
from networks.models import Outgoing
from publishing.models import Delivery, Post
from tests.cast import Cast
from tests.queue.test_same_words import network_is_silent, nothing, publishing_is_paused
from tests.rest.caller import caller

GONE = {"sent_at": now()}


def state_of(cast: Cast, post: Post) -> str:
    """As the call for one and the list say, and as it is found by; no other post is there."""
    olive = caller(cast.olive)
    word: str = olive.get(f"posts/{post.pk}/").json()["state"]
    assert [one["state"] for one in olive.get("posts/").json()["results"]] == [word]
    assert [one["id"] for one in olive.get(f"posts/?state={word}").json()["results"]] == [post.pk]
    return word


@pytest.mark.parametrize("state", ["sent", "failed", "unknown", "cancelled"])
def test_a_post_is_called_by_what_became_of_it(cast: Cast, lay, sign_in, state: str) -> None:
    row = lay("Bread", minutes=-3, state=state, **GONE)
    assert state_of(cast, row.delivery.post) == state
    page = sign_in(cast.olive).get(f"/o/acme/posts/{row.delivery.post_id}/")
    assert page.context["post"].shown == state


def test_what_is_leaving_is_still_called_scheduled(cast: Cast, lay) -> None:
    """Or the answer to `publish_now` would depend on how quick the outbox is."""
    row = lay("Bread", minutes=-3, state="sending")
    assert state_of(cast, row.delivery.post) == "scheduled"


@pytest.mark.parametrize(
    ("happens", "word"), [(nothing, "scheduled"), (network_is_silent, "held"), (publishing_is_paused, "paused")]
)
def test_what_waits_is_called_as_on_the_pages(cast: Cast, lay, happens: Callable, word: str) -> None:
    row = lay("Bread", minutes=-3)
    happens(cast.x)
    assert state_of(cast, row.delivery.post) == word


@pytest.mark.parametrize(("second", "word"), [("waiting", "partly"), ("failed", "failed"), ("sent", "sent")])
def test_a_thread_is_sent_when_all_of_it_is_there(cast: Cast, lay, second: str, word: str) -> None:
    row = lay("One", minutes=-3, state="sent", **GONE)
    part = enqueue_outgoing(cast.x, Draft(DraftKind.PART, "Two"), key="two", due_at=now(), after=row)
    Outgoing.objects.filter(pk=part.pk).update(state=second)
    assert state_of(cast, row.delivery.post) == word


def test_of_two_profiles_the_more_telling_one_is_told(cast: Cast, lay) -> None:
    row = lay("Bread", minutes=-3, state="sent", **GONE)
    also: dict[str, Any] = {"post": row.delivery.post, "revision": row.delivery.revision, "profile": cast.page}
    other = enqueue_outgoing(cast.page, Draft(DraftKind.POST, "Bread"), key="also", due_at=now())
    Delivery.objects.create(outgoing=other, **also)
    assert state_of(cast, row.delivery.post) == "scheduled"
    Outgoing.objects.filter(pk=other.pk).update(state="cancelled")
    assert state_of(cast, row.delivery.post) == "sent"


@pytest.mark.parametrize("state", ["draft", "in_review", "approved", "cancelled"])
def test_what_has_no_free_way_keeps_its_own_word(cast: Cast, lay, state: str) -> None:
    row = lay("Bread", minutes=-3, state="sent", **GONE)
    Post.objects.update(state=state)
    assert state_of(cast, row.delivery.post) == state
