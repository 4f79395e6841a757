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
from networks.outbox.claims import SEND_LEASE
from networks.outbox.failed_calls import outcome_of_failure
from networks.outbox.files import expire_uploads, held_uploads, open_stored_media, store_upload
from networks.outbox.lanes import sendable_profile_ids
from networks.outbox.outcomes import Outcome
from networks.readiness import MAY_SEND_POSTS, NOT_PROBED
from organizations.tenancy import scope

log = logging.getLogger(__name__)

MIN_UPLOAD_WAIT = timedelta(seconds=1)
UPLOAD_LEASE = 2 * SEND_LEASE  # longer than the slowest call with a part of a file
UPLOAD_AHEAD_SECONDS = 50.0  # seconds; within the minute after which the next is asked


def upload_files(row: Outgoing) -> Outcome | None:
    """None when the network holds every file of `row`, which is `sending`; else what becomes of the row."""
    try:
        upload_missing_files(row, open_adapter(row.profile, keep_alive=partial(extend_lease, row)))
        extend_lease(row, SEND_LEASE)  # for the sending
    except errors.NotReady as error:
        due_at = max(error.ready_at, clock() + MIN_UPLOAD_WAIT)
        return Outcome("postpone", "processing", error.user_message, error.detail, due_at=due_at, answered=True)
    except errors.Gone as error:  # in the middle of its way: it is brought anew
        return outcome_of_failure(row, errors.Unavailable(error.user_message, detail=error.detail, code=error.code))
    except errors.NetworkError as error:
        return outcome_of_failure(row, error)
    except Exception:  # the task boundary: a defect of ours, and nothing has been published
        log.exception("outgoing %s: its files were not brought", row.pk)
        return outcome_of_failure(row, errors.NotSent("Something went wrong on our side before it was sent."))
    return None


def upload_missing_files(row: Outgoing, adapter: Adapter) -> None:
    """Raises NotReady while the network works on any of them."""
    if not isinstance(adapter, Uploads):
        raise errors.Refused("This network takes no files from us.")
    uploads = held_uploads(row, clock())
    for place, media in enumerate(row.frozen.media):
        upload = uploads.get(place)
        if upload is not None and upload.ready_at is not None:
            try:
                upload.ready_at = adapter.check_upload(upload.shape).ready_at
                upload.save(update_fields=["ready_at"])
            except errors.Gone:
                upload = None
        if upload is None:
            upload = store_upload(row, place, upload_file(adapter, media))
        uploads[place] = upload
    working = [upload.ready_at for upload in uploads.values() if upload.ready_at]
    if working:
        raise errors.NotReady("The network is still working on its files.", ready_at=max(working))


def upload_file(adapter: Uploads, media: Media) -> Uploaded:
    with open_stored_media(media) as file:
        return adapter.upload(media, file)


def outcome_of_lost_files(row: Outgoing, error: errors.Gone) -> Outcome:
    """The network refused a post for a file that it no longer holds: it is brought once more."""
    now = clock()
    if not row.draft.get("media") or Upload.objects.filter(outgoing=row, expires_at__lte=now).exists():
        return outcome_of_failure(row, error)
    expire_uploads(row, now)
    return Outcome("postpone", "not sent", "Its files are brought once more.", error.detail, due_at=now, answered=True)


def extend_lease(row: Outgoing, lease: timedelta = UPLOAD_LEASE) -> None:
    """Keeps the lease while files are on their way. Raises NotSent when the row was taken away meanwhile."""
    until = clock() + lease
    if not Outgoing.objects.filter(pk=row.pk, claim=row.claim, state="sending").update(lease_until=until):
        raise errors.NotSent("Our worker was held up, so nothing was sent.")
    row.lease_until = until


def upload_files_ahead() -> None:
    """Brings the files of rows whose time is near, one row after the other, so that those leave on time.

    Only a kindness: what fails here is brought when the row is sent, which also says what is wrong with it.
    """
    until = monotonic() + UPLOAD_AHEAD_SECONDS
    while monotonic() < until:
        row = claim_upload_ahead(clock())
        if row is None:
            return
        with scope(row.organization_id):
            try:
                upload_missing_files(row, open_adapter(row.profile))
            except errors.NotReady as error:
                Outgoing.objects.filter(pk=row.pk).update(bring_at=error.ready_at)
            except errors.NetworkError as error:
                log.info("outgoing %s: its files were not brought ahead: %s", row.pk, error.detail)


@transaction.atomic
def claim_upload_ahead(now: datetime) -> Outgoing | None:
    """The next whose files may go ahead: nothing begins to leave where its post may not, files neither."""
    # unscoped: one worker serves every organization; index outgoing_bring
    rows = Outgoing.unscoped.filter(state="waiting", bring_at__lte=now)
    rows = rows.filter(profile__in=sendable_profile_ids(f"{MAY_SEND_POSTS} AND {NOT_PROBED}")).exclude(
        held=Held.TOO_LATE
    )
    near = rows.select_related("profile__credential", "profile__organization").order_by("bring_at")
    row = near.select_for_update(skip_locked=True, of=("self",)).first()
    if row is not None:
        # unscoped: the row was just locked above
        Outgoing.unscoped.filter(pk=row.pk).update(bring_at=None)
    return row
