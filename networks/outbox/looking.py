"""After an outcome that is not known: look on the profile itself, then decide. Never a blind second sending."""

import logging
import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import now as clock

from networks import errors
from networks.access import may_renew, open_adapter, public_permalink
from networks.contract import Published, Publishes
from networks.models import Attempt, Outgoing, Profile, RemotePost
from networks.outbox import deleting, former, restored
from networks.outbox.chains import ready
from networks.outbox.claims import LEASE, UNTIL_TWIN, open_attempt
from networks.outbox.files import with_all_files
from networks.outbox.outcomes import APP_WAIT, GIVE_UP_AFTER, LOOK_AFTER, Outcome, backoff, confirmed, paced
from networks.outbox.settling import settle
from networks.outbox.twins import is_under_way

log = logging.getLogger(__name__)

LOOK_LEASE = 4 * LEASE  # a look may read many pages


def look_one(outgoing_id: int, claim: uuid.UUID) -> None:
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
        settle(row, attempt, look(row, clock()))


@transaction.atomic
def begin_look(row: Outgoing, now: datetime) -> Attempt | None:
    """None while one that says the same is under way: then it is looked for a moment later."""
    Profile.objects.select_for_update(no_key=True).get(pk=row.profile_id)  # as does whoever begins to send
    mine = Outgoing.objects.filter(pk=row.pk, claim=row.claim)
    if is_under_way(row, now - LOOK_LEASE):
        mine.update(due_at=now + UNTIL_TWIN)
        return None
    # From now, however long it waited for a worker: whoever is overtaken while reading could never settle.
    mine.update(due_at=now + LOOK_LEASE)
    close_left(row)
    return open_attempt(row, "look", now)


def close_left(row: Outgoing) -> None:
    """Looks whose worker vanished: the claim was passed on, so nobody else would end them."""
    left = Attempt.objects.filter(outgoing=row, finished_at=None)
    left.update(finished_at=clock(), outcome="could not look", detail="The worker stopped while it was looking.")


def look(row: Outgoing, now: datetime) -> Outcome:
    if deleting.takes_away(row):
        return deleting.repeat(row, now)
    try:
        found, in_former_words = find(row)
    except errors.RateLimited as error:
        return again(row, error, error.retry_at)
    except errors.Disconnected as error:
        cut_off = not may_renew(row.profile, error)
        return replace(
            again(row, error, now + paced(minutes=1)), disconnects=cut_off, asks_person=cut_off and row.doubted
        )
    except errors.AppMisconfigured as error:
        return again(row, error, now + APP_WAIT)
    except (errors.Unavailable, errors.NotSent, errors.Ambiguous) as error:
        return again(row, error, now + paced(seconds=15) + backoff(row.looks + 3))
    except errors.NetworkError as error:
        return person(f"The network cannot be asked whether it is there: {error.user_message}", error.detail)
    except Exception:  # the task boundary: a defect of ours must not decide that it may be sent again
        log.exception("outgoing %s: looking failed", row.pk)
        return person("Something went wrong on our side while looking for it.", "")
    if found and in_former_words:
        shown = replace(found, permalink=public_permalink(row.profile, found.remote_id, found.permalink))
        return person(former.in_reason(shown), found.remote_id)
    return confirmed(found) if found else not_there(row, now)


def find(row: Outgoing) -> tuple[Published | None, bool]:
    """The network's copy, and whether it stands there in words that were changed since."""
    adapter = open_adapter(row.profile)
    if not isinstance(adapter, Publishes):
        raise errors.Refused("This network cannot be asked.")
    # What other rows have been linked to is theirs, even when it says the same.
    taken = RemotePost.objects.filter(profile=row.profile, outgoing__isnull=False).exclude(outgoing=row)
    since = restored.may_have_left_since(row)
    recent = taken.filter(published_at__gte=since - timedelta(hours=1)).values_list("remote_id", flat=True)
    draft = with_all_files(row, ready(row))
    others = former.other_words(row, draft)
    for words in (draft, *others):
        if found := adapter.find(words, since=since, taken=frozenset(recent)):
            return found, words is not draft or former.says_as_before(draft, others)
        if not (words.uploads_known or words.text):
            raise errors.Refused("It has files and no words, so it cannot be told from another post with files.")
    return None, False


def not_there(row: Outgoing, now: datetime) -> Outcome:
    """Looked properly, not there: look again while the network may show it late, then send once more, then ask."""
    if row.doubted:
        return restored.not_there(row, now)
    looks = row.looks + 1
    if looks < len(LOOK_AFTER):
        at = now + LOOK_AFTER[looks]
        return Outcome("keep_looking", "not found", row.reason, "Not on the profile yet.", due_at=at, looks=looks)
    if row.resends == 0:
        reason = "It was not there, so it is sent once more."
        return Outcome("postpone", "not found", reason, reason, due_at=now, resends=1)
    return person("It was sent twice without an answer, and it cannot be found on the profile.", "")


def again(row: Outgoing, error: errors.NetworkError, at: datetime) -> Outcome:
    """The network could not be asked just now; that is no evidence, so it does not count as a look."""
    if at - restored.looked_for_since(row) > GIVE_UP_AFTER:
        return person(
            f"For a day the network could not be asked whether it is there: {error.user_message}", error.detail
        )
    return Outcome("keep_looking", "could not look", error.user_message, error.detail, due_at=at, looks=row.looks)


def person(reason: str, detail: str) -> Outcome:
    return Outcome("keep_looking", "needs a person", reason, detail or reason, asks_person=True)
