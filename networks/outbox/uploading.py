"""Brings a row's files to the network before it is sent. Nobody sees them there, so that all of it may be repeated."""

import logging
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from django.db import transaction
from django.utils.timezone import now as clock

from networks import errors
from networks.access import open_adapter
from networks.contract import Adapter, Media, Uploaded, Uploads
from networks.models import Held, Outgoing, Upload
from networks.outbox.claims import LEASE
from networks.outbox.endings import ended
from networks.outbox.files import forget, held, keep, opened
from networks.outbox.lanes import may_send
from networks.outbox.outcomes import Outcome
from networks.readiness import NOT_PROBED, POSTS_TOO
from organizations.tenancy import scope

log = logging.getLogger(__name__)

SOONEST = timedelta(seconds=1)
FILE_LEASE = 2 * LEASE  # longer than the slowest call with a part of a file
AHEAD_FOR = 50.0  # seconds; within the minute after which the next is asked


def bring(row: Outgoing) -> Outcome | None:
    """None when the network holds every file of `row`, which is `sending`; else what becomes of the row."""
    try:
        bring_missing(row, open_adapter(row.profile, alive=partial(stay, row)))
        stay(row, LEASE)  # for the sending
    except errors.NotReady as error:
        due_at = max(error.ready_at, clock() + SOONEST)
        return Outcome("postpone", "processing", error.user_message, error.detail, due_at=due_at, answered=True)
    except errors.Gone as error:  # in the middle of its way: it is brought anew
        return ended(row, errors.Unavailable(error.user_message, detail=error.detail, code=error.code))
    except errors.NetworkError as error:
        return ended(row, error)
    except Exception:  # the task boundary: a defect of ours, and nothing has been published
        log.exception("outgoing %s: its files were not brought", row.pk)
        return ended(row, errors.NotSent("Something went wrong on our side before it was sent."))
    return None


def bring_missing(row: Outgoing, adapter: Adapter) -> None:
    """Raises NotReady while the network works on any of them."""
    if not isinstance(adapter, Uploads):
        raise errors.Refused("This network takes no files from us.")
    kept = held(row, clock())
    for place, media in enumerate(row.frozen.media):
        upload = kept.get(place)
        if upload is not None and upload.ready_at is not None:
            try:
                upload.ready_at = adapter.check_upload(upload.shape).ready_at
                upload.save(update_fields=["ready_at"])
            except errors.Gone:
                upload = None
        if upload is None:
            upload = keep(row, place, brought(adapter, media))
        kept[place] = upload
    working = [upload.ready_at for upload in kept.values() if upload.ready_at]
    if working:
        raise errors.NotReady("The network is still working on its files.", ready_at=max(working))


def brought(adapter: Uploads, media: Media) -> Uploaded:
    with opened(media) as file:
        return adapter.upload(media, file)


def without_files(row: Outgoing, error: errors.Gone) -> Outcome:
    """The network refused a post for a file that it no longer holds: it is brought once more."""
    now = clock()
    if not row.draft.get("media") or Upload.objects.filter(outgoing=row, expires_at__lte=now).exists():
        return ended(row, error)
    forget(row, now)
    return Outcome("postpone", "not sent", "Its files are brought once more.", error.detail, due_at=now, answered=True)


def stay(row: Outgoing, lease: timedelta = FILE_LEASE) -> None:
    """Keeps the lease while files are on their way. Raises NotSent when the row was taken away meanwhile."""
    until = clock() + lease
    if not Outgoing.objects.filter(pk=row.pk, claim=row.claim, state="sending").update(lease_until=until):
        raise errors.NotSent("Our worker was held up, so nothing was sent.")
    row.lease_until = until


def bring_ahead() -> None:
    """Brings the files of rows whose time is near, one row after the other, so that those leave on time.

    Only a kindness: what fails here is brought when the row is sent, which also says what is wrong with it.
    """
    until = monotonic() + AHEAD_FOR
    while monotonic() < until:
        row = claim_ahead(clock())
        if row is None:
            return
        with scope(row.organization_id):
            try:
                bring_missing(row, open_adapter(row.profile))
            except errors.NotReady as error:
                Outgoing.objects.filter(pk=row.pk).update(bring_at=error.ready_at)
            except errors.NetworkError as error:
                log.info("outgoing %s: its files were not brought ahead: %s", row.pk, error.detail)


@transaction.atomic
def claim_ahead(now: datetime) -> Outgoing | None:
    """The next whose files may go ahead: nothing begins to leave where its post may not, files neither."""
    # unscoped: one worker serves every organization; index outgoing_bring
    rows = Outgoing.unscoped.filter(state="waiting", bring_at__lte=now)
    rows = rows.filter(profile__in=may_send(f"{POSTS_TOO} AND {NOT_PROBED}")).exclude(held=Held.TOO_LATE)
    near = rows.select_related("profile__credential", "profile__organization").order_by("bring_at")
    row = near.select_for_update(skip_locked=True, of=("self",)).first()
    if row is not None:
        # unscoped: the row was just locked above
        Outgoing.unscoped.filter(pk=row.pk).update(bring_at=None)
    return row
