"""Every way into the outbox, and out of a hold, ends at the one question whether its profile may send at this moment."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils.timezone import now

from foundation.errors import Conflict
from networks.actions.backlog import BacklogDecision
from networks.actions.outgoing import (
    delete_remote_post,
    enqueue_chain,
    reschedule_outgoing,
    resolve_outgoing,
    retry_outgoing,
)
from networks.actions.profiles import retry_returning_rows
from networks.contract import Draft, DraftKind, MediaKind
from networks.models import Attempt, Held, Limit, Outgoing, Profile, RemotePost
from networks.outbox import circuits, rate_limits, settling
from networks.outbox.chains import update_parts_behind
from networks.outbox.claims import open_attempt
from networks.outbox.outcomes import Outcome
from networks.outbox.reach import reach_of
from networks.outbox.uploading import claim_upload_ahead
from organizations.models import Organization
from publishing.actions.deliveries import resolve_delivery, retry_delivery
from publishing.actions.schedule import cancel_post, publish_now
from publishing.models import Delivery
from teams.actions.pauses import pause_publishing, release_pause
from tests.builders import SETUP
from tests.cast import Cast
from tests.outbox.rows import begun, put
from tests.posts import create_post

pytestmark = pytest.mark.usefixtures("in_acme")
LONG_AGO = timedelta(hours=5)


def planned(cast: Cast) -> Outgoing:
    return put(cast.x)


def tried_again(cast: Cast) -> Outgoing:
    row = put(cast.x, state="failed")
    retry_outgoing(cast.olive, row)
    return row


def sent_again(cast: Cast) -> Outgoing:
    row = put(cast.x, state="unknown", needs_person=True)
    resolve_outgoing(cast.olive, row, there=False)
    return row


def next_part(cast: Cast) -> Outgoing:
    drafts = [Draft(kind=DraftKind.POST, text=text) for text in ("One", "Two")]
    first = enqueue_chain(cast.x, drafts, key=str(uuid.uuid4()), due_at=now())
    Outgoing.objects.filter(pk=first.pk).update(state="sent")
    first.refresh_from_db()
    update_parts_behind(first)
    return Outgoing.objects.get(after=first)


def brought_forward(cast: Cast) -> Outgoing:
    row = put(cast.x, late=-LONG_AGO)
    reschedule_outgoing(row, due_at=now())
    return row


def asked_to_leave_late(cast: Cast) -> Outgoing:
    row = put(cast.x, late=LONG_AGO, held=Held.TOO_LATE)
    reschedule_outgoing(row, due_at=now())
    return row


def signed_in_again(cast: Cast, late: timedelta = timedelta(0)) -> Outgoing:
    row = put(cast.x, late=late, state="failed")
    Attempt.objects.create(outgoing=row, kind="send", started_at=now(), finished_at=now(), outcome="disconnected")
    retry_returning_rows(SETUP, cast.x)
    return row


def answer(cast: Cast) -> Outgoing:
    return put(cast.x, kind=DraftKind.REPLY)


def deletion(cast: Cast) -> Outgoing:
    row = put(cast.x, state="sent")
    copy = RemotePost.objects.create(profile=cast.x, outgoing=row, remote_id="9", text="Bread", published_at=now())
    return delete_remote_post(cast.olive, copy)


WAYS: dict[str, Callable[[Cast], Outgoing]] = {
    way.__name__: way
    for way in (planned, tried_again, sent_again, next_part, brought_forward, asked_to_leave_late, signed_in_again)
}
PERSONAL: dict[str, Callable[[Cast], Outgoing]] = {way.__name__: way for way in (answer, deletion)}


def silent(cast: Cast) -> None:
    for _ in range(circuits.FAILURES_OF_FEWER_PROFILES):
        circuits.record_network_failure(cast.x, "No answer.", now())


def limited(cast: Cast, of: str) -> None:
    Limit.objects.create(**reach_of(cast.x), profile=cast.x, of=of, until=now() + LONG_AGO)


WHOLE: dict[str, Callable[[Cast], object]] = {
    "organization paused": lambda cast: pause_publishing(cast.olive, cast.acme),
    "team paused": lambda cast: pause_publishing(cast.olive, cast.team),
    "profile paused": lambda cast: pause_publishing(cast.olive, cast.x),
    "cut off": lambda cast: Profile.objects.filter(pk=cast.x.pk).update(state="disconnected"),
    "asked to wait": lambda cast: rate_limits.hold_profile(cast.x, now() + LONG_AGO),
    "limit of all": lambda cast: limited(cast, "all"),
    "silent network": silent,
}
POSTS_ALONE: dict[str, Callable[[Cast], object]] = {
    "paused but for replies": lambda cast: pause_publishing(cast.olive, cast.x, keeps_replies=True),
    "limit of posts": lambda cast: limited(cast, "posts"),
}
HINDRANCES = WHOLE | POSTS_ALONE


@pytest.mark.parametrize("first", ["hindered first", "on its way first"])
@pytest.mark.parametrize("hindrance", HINDRANCES)
@pytest.mark.parametrize("way", WAYS | PERSONAL)
def test_no_way_leads_past_what_holds_its_profile(cast: Cast, way: str, hindrance: str, first: str) -> None:
    go = (WAYS | PERSONAL)[way]
    if first == "hindered first":
        HINDRANCES[hindrance](cast)
        row = go(cast)
    else:
        row = go(cast)
        HINDRANCES[hindrance](cast)
    passes = way in PERSONAL and hindrance in POSTS_ALONE
    assert begun() == (row if passes else None)


@pytest.mark.parametrize("way", WAYS | PERSONAL)
def test_each_way_leads_out_where_nothing_holds(cast: Cast, way: str) -> None:
    assert begun() is None
    row = (WAYS | PERSONAL)[way](cast)
    assert begun() == row


@pytest.mark.parametrize("hindrance", HINDRANCES)
@pytest.mark.parametrize("kept", [BacklogDecision.SEND, BacklogDecision.RECENT])
def test_a_pause_that_is_released_frees_nothing_that_something_else_holds(
    cast: Cast, kept: BacklogDecision, hindrance
) -> None:
    put(cast.x, late=timedelta(minutes=5))
    pause = pause_publishing(cast.olive, cast.x if hindrance == "organization paused" else cast.acme)
    HINDRANCES[hindrance](cast)
    release_pause(cast.olive, pause, kept=kept)
    assert begun() is None


def test_what_the_sign_in_kept_beyond_its_time_waits_for_a_person(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.acme.pk).update(too_late_minutes=60)
    row = signed_in_again(cast, late=LONG_AGO)
    begun()
    row.refresh_from_db()
    assert (row.state, row.held) == ("waiting", Held.TOO_LATE)


@pytest.mark.parametrize("hindrance", HINDRANCES)
def test_no_file_goes_ahead_to_where_nothing_may(cast: Cast, hindrance: str) -> None:
    media = {
        "name": "a.png",
        "kind": MediaKind.IMAGE,
        "content_type": "image/png",
        "size": 1,
        "sha256": "",
        "width": 1,
        "height": 1,
    }
    row = put(cast.x, late=-timedelta(minutes=5), bring_at=now())
    Outgoing.objects.filter(pk=row.pk).update(draft=row.draft | {"media": [media]})
    HINDRANCES[hindrance](cast)
    assert claim_upload_ahead(now()) is None
    row.refresh_from_db()
    assert row.bring_at is not None


def settled_before_it_is_told(monkeypatch, row: Outgoing, outcome: Outcome) -> Outgoing | None:
    """What could begin in the moment between writing an outcome down and telling the floors above."""
    seen = []
    told = settling.notify_settled
    monkeypatch.setattr(settling, "notify_settled", lambda settled: (seen.append(begun()), told(settled)))
    settling.settle_row(row, open_attempt(row, "send", now()), outcome)
    return seen[0]


@pytest.mark.parametrize("state", ["sending", "unknown"])
def test_what_is_cancelled_under_way_is_never_sent_again(cast: Cast, monkeypatch, state: str) -> None:
    post = publish_now(cast.olive, create_post(cast.olive, text="Bread", profiles=[cast.x.pk, cast.page.pk]))
    row = Outgoing.objects.get(profile=cast.x)
    Outgoing.objects.filter(pk=row.pk).update(state=state, claim=uuid.uuid4(), attempt_count=1)
    cancel_post(cast.olive, post)
    row.refresh_from_db()
    outcome = Outcome("postpone", "not sent", due_at=now())
    assert settled_before_it_is_told(monkeypatch, row, outcome) is None
    row.refresh_from_db()
    assert row.state == "cancelled"


@pytest.mark.parametrize(("event", "ends"), [("confirm", "sent"), ("refuse", "failed")])
def test_what_is_cancelled_under_way_ends_as_it_ends(cast: Cast, event: str, ends: str) -> None:
    post = publish_now(cast.olive, create_post(cast.olive, text="Bread", profiles=[cast.x.pk, cast.page.pk]))
    row = Outgoing.objects.get(profile=cast.x)
    Outgoing.objects.filter(pk=row.pk).update(state="sending", claim=uuid.uuid4(), attempt_count=1)
    cancel_post(cast.olive, post)
    row.refresh_from_db()
    settling.settle_row(row, open_attempt(row, "send", now()), Outcome(event, ends))
    row.refresh_from_db()
    assert (row.state, row.held) == (ends, "")
    if ends == "failed":
        with pytest.raises(Conflict):
            retry_delivery(cast.olive, Delivery.objects.get(outgoing=row))


def test_what_is_cancelled_and_not_known_is_not_sent_again_by_hand(cast: Cast) -> None:
    post = publish_now(cast.olive, create_post(cast.olive, text="Bread", profiles=[cast.x.pk, cast.page.pk]))
    Outgoing.objects.filter(profile=cast.x).update(state="unknown", needs_person=True)
    cancel_post(cast.olive, post)
    with pytest.raises(Conflict):
        resolve_delivery(cast.olive, Delivery.objects.get(profile=cast.x), there=False)
    resolve_delivery(cast.olive, Delivery.objects.get(profile=cast.x), there=True, remote_id="77")
    assert Outgoing.objects.get(profile=cast.x).state == "sent"
