"""What comes in: polls by cursor and pushes by receipt. Both end in the signal `inbound_received`."""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.timezone import now as clock

from networks import errors
from networks.access import may_renew_sign_in, open_adapter, public_permalink
from networks.contract import Adapter, Inbound, InboundChange, InboundPage, Polls, Pushes, Refetches
from networks.models import Cursor, Profile, RemotePost, WebhookReceipt
from networks.outbox import circuits, rate_limits
from networks.outbox.outcomes import backoff
from networks.outbox.settling import disconnect_profile
from networks.registry import adapter_class
from networks.signals import inbound_asked, inbound_changed, inbound_received
from organizations.tenancy import scope

log = logging.getLogger(__name__)

RECEIPTS_AT_ONCE = 500
# Longer than the slowest call. A worker that was killed holds its place for so long, and a few of them hold all places;
# a poll of many slow calls may be joined by another of the same profile, which stores nothing twice.
POLL_LEASE = timedelta(seconds=45)
POLL_AHEAD = timedelta(
    seconds=0.5
)  # half of the poller's own beat, or each poll would wait for the beat after its time
MAX_WATCHED_POSTS = 50
WATCH_PERIOD = timedelta(days=30)
DIGEST_OVERDUE = timedelta(seconds=5)  # the hook itself asks for the digest; this is for when that hint was lost


def count_due_polls(now: datetime) -> int:
    """How many more profiles may be asked right now, by so many workers at once."""
    # unscoped: one poller serves every organization; indexes cursor_due and cursor_asking
    asking = Cursor.unscoped.filter(polling_until__gt=now).count()
    room = max(0, settings.POLLS_IN_FLIGHT - asking)
    return len(due_cursors(now)[:room]) if room else 0


def due_cursors(now: datetime) -> QuerySet[Cursor]:
    due = Cursor.unscoped.filter(next_poll_at__lte=now + POLL_AHEAD, profile__state="connected")  # unscoped: as above
    return due.exclude(polling_until__gt=now).exclude(rate_limits.is_read_limited(now)).order_by("next_poll_at")


@transaction.atomic
def claim_poll(now: datetime) -> tuple[int, int] | None:
    """(organization, profile) of the profile that has waited longest; it is next due an interval later."""
    cursor = due_cursors(now).select_for_update(skip_locked=True, of=("self",)).first()
    if cursor is None:
        return None
    cursor.next_poll_at = now + timedelta(seconds=settings.INBOUND_POLL_SECONDS)
    cursor.polling_until = now + POLL_LEASE
    cursor.save(update_fields=["next_poll_at", "polling_until"])
    return cursor.organization_id, cursor.profile_id


def release_poll(profile_id: int) -> None:
    """The profile may be asked again when it is due."""
    Cursor.objects.filter(profile=profile_id).update(polling_until=None)


def poll_profile(profile_id: int) -> None:
    """Asks one profile what is new and passes it up, in its organization's scope."""
    profile = Profile.objects.select_related("credential", "cursor").filter(pk=profile_id, state="connected").first()
    if profile is None:
        return
    position = profile.cursor.position
    try:
        adapter = open_adapter(profile)
        if not isinstance(adapter, Polls):
            return
        page = adapter.fetch_inbound(position, posts=watched_post_ids(profile))
    except errors.NetworkError as error:
        record_poll_failure(profile, error)
        return
    store_page(profile, position, page)
    circuits.record_read(profile, clock())
    refetch_changes(profile, adapter)


def watched_post_ids(profile: Profile) -> Sequence[str]:
    recent = RemotePost.objects.filter(profile=profile, kind="post", published_at__gte=clock() - WATCH_PERIOD)
    return list(recent.order_by("-published_at").values_list("remote_id", flat=True)[:MAX_WATCHED_POSTS])


@transaction.atomic
def store_page(profile: Profile, position: object, page: InboundPage) -> None:
    """The items and the new position are stored together, or neither."""
    signal_inbound(profile, [*page.items, *page.changes], listed=page.listed)
    moved = {"position": dict(page.cursor), "polled_at": clock(), "failures": 0, "error": ""}
    # A slower poll that began at the same position must not set the cursor back.
    Cursor.objects.filter(profile=profile, position=position).update(**moved)


def refetch_changes(profile: Profile, adapter: Adapter) -> None:
    """Looks again at what came in before, if somebody wants to know. The poll has succeeded, whatever comes of it."""
    if not isinstance(adapter, Refetches):
        return
    remote_ids = [one for wanted in inbound_asked.ask(Profile, profile=profile) for one in wanted]
    if not remote_ids:
        return
    try:
        changes = adapter.refetch_inbound(remote_ids)
    except (errors.RateLimited, errors.Disconnected) as error:
        record_poll_failure(profile, error)
    except errors.NetworkError as error:
        log.info("profile %s: what came in could not be looked at again: %s", profile.pk, error.detail)
    else:
        with transaction.atomic():
            signal_inbound(profile, changes, looked=remote_ids)


def record_poll_failure(profile: Profile, error: errors.NetworkError) -> None:
    failures = profile.cursor.failures + 1
    retry_at = error.retry_at if isinstance(error, errors.RateLimited) else clock() + backoff(failures)
    with transaction.atomic():
        Cursor.objects.filter(profile=profile).update(
            next_poll_at=retry_at, failures=failures, error=error.user_message[:500]
        )
        if isinstance(error, errors.Disconnected) and not may_renew_sign_in(profile, error):
            disconnect_profile(profile, error.user_message)


def signal_inbound(
    profile: Profile,
    found: Sequence[Inbound | InboundChange],
    *,
    listed: Mapping[str, datetime] | None = None,
    looked: Sequence[str] = (),
) -> None:
    """What came first, then what changed: a push may hold both of one thing."""
    items = [one for one in found if isinstance(one, Inbound)]
    changes = [one for one in found if isinstance(one, InboundChange)]
    if items:
        linked = [replace(one, permalink=public_permalink(profile, one.remote_id, one.permalink)) for one in items]
        inbound_received.send(sender=Profile, profile=profile, items=sorted(linked, key=lambda item: item.sent_at))
    if changes or listed or looked:
        inbound_changed.send(sender=Profile, profile=profile, changes=changes, listed=listed or {}, looked=looked)


def store_receipt(network: str, body: bytes, *, sandbox: bool) -> WebhookReceipt | None:
    """Stores a verified push; None when the same body was pushed before."""
    digest = hashlib.sha256(network.encode() + b"\0" + body).hexdigest()
    try:
        with transaction.atomic():
            return WebhookReceipt.objects.create(
                network=network, sandbox=sandbox, digest=digest, body=body, received_at=clock()
            )
    except IntegrityError:
        return None


def list_undigested_receipts(now: datetime) -> list[int]:
    overdue = WebhookReceipt.objects.filter(digested_at=None, received_at__lt=now - DIGEST_OVERDUE)
    return list(overdue.order_by("received_at").values_list("pk", flat=True)[:RECEIPTS_AT_ONCE])


@transaction.atomic
def digest_receipt(receipt_id: int) -> None:
    """Reads a push and passes its items up, for every profile that it is about. A second call finds it done."""
    receipt = WebhookReceipt.objects.select_for_update().filter(pk=receipt_id, digested_at=None).first()
    if receipt is None:
        return
    adapter = adapter_class(receipt.network)
    assert issubclass(adapter, Pushes)  # hooks are opened for these only
    try:
        by_profile = adapter.parse_push(bytes(receipt.body))
    except (ValueError, KeyError, TypeError) as error:
        receipt.error = f"unreadable: {type(error).__name__}"
        by_profile = {}
    for remote_id, items in by_profile.items():
        signal_inbound_everywhere(receipt, remote_id, items)
    receipt.digested_at = clock()
    receipt.save(update_fields=["digested_at", "error"])


def signal_inbound_everywhere(
    receipt: WebhookReceipt, remote_id: str, items: Sequence[Inbound | InboundChange]
) -> None:
    # unscoped: the push names the network's id, and several organizations may run the same profile
    for profile in Profile.unscoped.filter(network=receipt.network, remote_id=remote_id, sandbox=receipt.sandbox):
        with scope(profile.organization_id):
            signal_inbound(profile, items)
