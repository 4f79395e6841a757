"""After an outcome that is not known: look on the profile itself, then decide. Never a blind second sending."""

import logging
import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import now as clock

from networks import errors
from networks.access import may_renew_sign_in, open_adapter, public_permalink
from networks.contract import Published, Publishes
from networks.models import Attempt, Outgoing, Profile, RemotePost
from networks.outbox import deleting, doubted_rows, former_drafts
from networks.outbox.chains import draft_to_send
from networks.outbox.claims import SEND_LEASE, TWIN_WAIT, open_attempt
from networks.outbox.files import attach_all_uploads
from networks.outbox.outcomes import (
    APP_WAIT,
    GIVE_UP_AFTER,
    LOOK_AFTER,
    Outcome,
    backoff,
    outcome_of_published,
    scale_wait,
)
from networks.outbox.settling import settle_row
from networks.outbox.twins import has_twin_under_way

log = logging.getLogger(__name__)

LOOK_LEASE = 4 * SEND_LEASE  # a look may read many pages


def reconcile_row(outgoing_id: int, claim: uuid.UUID) -> None:
    """Looks for a claimed row whose outcome is not known, in its organization's scope."""
    row = (
        Outgoing.objects.select_related("profile__credential", "restoration")
        .filter(pk=outgoing_id, claim=claim, state="unknown", needs_person=False)
        .first()
    )
    if row is None:
        return
    attempt = begin_look(row, clock())
    if attempt:
        settle_row(row, attempt, find_outcome(row, clock()))


@transaction.atomic
def begin_look(row: Outgoing, now: datetime) -> Attempt | None:
    """None while one that says the same is under way: then it is looked for a moment later."""
    Profile.objects.select_for_update(no_key=True).get(pk=row.profile_id)  # as does whoever begins to send
    mine = Outgoing.objects.filter(pk=row.pk, claim=row.claim)
    if has_twin_under_way(row, now - LOOK_LEASE):
        mine.update(due_at=now + TWIN_WAIT)
        return None
    # From now, however long it waited for a worker: whoever is overtaken while reading could never settle.
    mine.update(due_at=now + LOOK_LEASE)
    close_lost_looks(row)
    return open_attempt(row, "look", now)


def close_lost_looks(row: Outgoing) -> None:
    """Looks whose worker vanished: the claim was passed on, so nobody else would end them."""
    left = Attempt.objects.filter(outgoing=row, finished_at=None)
    left.update(finished_at=clock(), outcome="could not look", detail="The worker stopped while it was looking.")


def find_outcome(row: Outgoing, now: datetime) -> Outcome:
    if deleting.is_deletion(row):
        return deleting.repeat_deletion(row, now)
    try:
        found, in_former_words = find_remote_copy(row)
    except errors.RateLimited as error:
        return outcome_of_failed_look(row, error, error.retry_at)
    except errors.Disconnected as error:
        cut_off = not may_renew_sign_in(row.profile, error)
        return replace(
            outcome_of_failed_look(row, error, now + scale_wait(minutes=1)),
            disconnects=cut_off,
            asks_person=cut_off and row.doubted,
        )
    except errors.AppMisconfigured as error:
        return outcome_of_failed_look(row, error, now + APP_WAIT)
    except (errors.Unavailable, errors.NotSent, errors.Ambiguous) as error:
        return outcome_of_failed_look(row, error, now + scale_wait(seconds=15) + backoff(row.looks + 3))
    except errors.NetworkError as error:
        return ask_person(f"The network cannot be asked whether it is there: {error.user_message}", error.detail)
    except Exception:  # the task boundary: a defect of ours must not decide that it may be sent again
        log.exception("outgoing %s: looking failed", row.pk)
        return ask_person("Something went wrong on our side while looking for it.", "")
    if found and in_former_words:
        shown = replace(found, permalink=public_permalink(row.profile, found.remote_id, found.permalink))
        return ask_person(former_drafts.reason_for_former_words(shown), found.remote_id)
    return outcome_of_published(found) if found else outcome_of_absence(row, now)


def find_remote_copy(row: Outgoing) -> tuple[Published | None, bool]:
    """The network's copy, and whether it stands there in words that were changed since."""
    adapter = open_adapter(row.profile)
    if not isinstance(adapter, Publishes):
        raise errors.Refused("This network cannot be asked.")
    # What other rows have been linked to is theirs, even when it says the same.
    taken = RemotePost.objects.filter(profile=row.profile, outgoing__isnull=False).exclude(outgoing=row)
    since = doubted_rows.may_have_left_since(row)
    recent = taken.filter(published_at__gte=since - timedelta(hours=1)).values_list("remote_id", flat=True)
    draft = attach_all_uploads(row, draft_to_send(row))
    others = former_drafts.drafts_in_former_words(row, draft)
    for words in (draft, *others):
        if found := adapter.find(words, since=since, taken=frozenset(recent)):
            return found, words is not draft or former_drafts.has_words_of_former(draft, others)
        if not (words.uploads_known or words.text):
            raise errors.Refused("It has files and no words, so it cannot be told from another post with files.")
    return None, False


def outcome_of_absence(row: Outgoing, now: datetime) -> Outcome:
    """Looked properly, not there: look again while the network may show it late, then send once more, then ask."""
    if row.doubted:
        return doubted_rows.outcome_after_restore(row, now)
    looks = row.looks + 1
    if looks < len(LOOK_AFTER):
        at = now + LOOK_AFTER[looks]
        return Outcome("keep_looking", "not found", row.reason, "Not on the profile yet.", due_at=at, looks=looks)
    if row.resends == 0:
        reason = "It was not there, so it is sent once more."
        return Outcome("postpone", "not found", reason, reason, due_at=now, resends=1)
    return ask_person("It was sent twice without an answer, and it cannot be found on the profile.", "")


def outcome_of_failed_look(row: Outgoing, error: errors.NetworkError, at: datetime) -> Outcome:
    """The network could not be asked just now; that is no evidence, so it does not count as a look."""
    if at - doubted_rows.looked_for_since(row) > GIVE_UP_AFTER:
        return ask_person(
            f"For a day the network could not be asked whether it is there: {error.user_message}", error.detail
        )
    return Outcome("keep_looking", "could not look", error.user_message, error.detail, due_at=at, looks=row.looks)


def ask_person(reason: str, detail: str) -> Outcome:
    return Outcome("keep_looking", "needs a person", reason, detail or reason, asks_person=True)
