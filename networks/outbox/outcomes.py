"""What an answer of the network means for the row. Pure."""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings

from networks import errors
from networks.contract import Published


def scale_wait(**wait: float) -> timedelta:
    """As long as suits the networks, or the share of it that this installation waits."""
    return timedelta(**wait) * settings.OUTBOX_WAITS_PERCENT / 100


# Networks show a new post late: mostly after seconds, at times after more than a minute.
LOOK_AFTER = (timedelta(0), scale_wait(seconds=10), scale_wait(seconds=30), scale_wait(seconds=80))
GIVE_UP_AFTER = timedelta(days=1)
APP_WAIT = scale_wait(minutes=15)  # until it is tried whether somebody has put our app right
MAX_BACKOFF_SECONDS = 300.0
TRIES_IN_ORDER = 4  # tries


@dataclass(frozen=True, slots=True)
class Outcome:
    """One move of the row. `word` is what the ledger says, `due_at` when the row is looked at again.

    `looks` and `resends` are how often, since the last ambiguous sending, it was looked for, and sent once more.
    """

    event: str
    word: str
    reason: str = ""
    detail: str = ""
    published: Published | None = None
    due_at: datetime | None = None
    disconnects: bool = False
    holds_profile: bool = False
    asks_person: bool = False
    looks: int = 0
    resends: int = 0
    answered: bool | None = None  # whether the network did, whatever it said
    refuses_app: bool = False  # ours, and not the post
    shuts_out_app: bool = False  # and so nobody's post leaves


def outcome_of_published(published: Published) -> Outcome:
    return Outcome(
        "confirm", "sent", published=published, detail=published.permalink or published.remote_id, answered=True
    )


def outcome_of_error(
    error: errors.NetworkError, *, attempts: int, ambiguous_before: bool, planned_at: datetime, now: datetime
) -> Outcome:
    """The outcome of a sending that raised `error`."""
    outcome = classify_error(
        error, attempts=attempts, ambiguous_before=ambiguous_before, planned_at=planned_at, now=now
    )
    return replace(outcome, answered=error.answered)


def classify_error(
    error: errors.NetworkError, *, attempts: int, ambiguous_before: bool, planned_at: datetime, now: datetime
) -> Outcome:
    reason, detail = error.user_message, error.detail
    match error:
        case errors.RateLimited():
            return Outcome("postpone", "rate limited", reason, detail, due_at=error.retry_at, holds_profile=True)
        case errors.NotSent() | errors.Unavailable() if now - planned_at > GIVE_UP_AFTER:
            return Outcome("refuse", "not sent", f"Given up after a day: {reason}", detail)
        case errors.NotSent() | errors.Unavailable():
            # What follows on the profile waits as well, so that it does not overtake; but not for one that never goes.
            in_order = attempts <= TRIES_IN_ORDER
            return Outcome(
                "postpone", "not sent", reason, detail, due_at=now + backoff(attempts), holds_profile=in_order
            )
        case errors.Ambiguous():
            return Outcome("lose", "unknown", reason, detail, due_at=now + LOOK_AFTER[0])
        case errors.Duplicate() if ambiguous_before:
            return Outcome("lose", "unknown", reason, detail, due_at=now + LOOK_AFTER[0])
        case errors.AppShutOut():
            return Outcome("postpone", "app refused", reason, detail, refuses_app=True, shuts_out_app=True)
        case errors.AppMisconfigured() if now - planned_at > GIVE_UP_AFTER:
            return Outcome("refuse", "app refused", f"Given up after a day: {reason}", detail, refuses_app=True)
        case errors.AppMisconfigured():
            return Outcome(
                "postpone", "app refused", reason, detail, due_at=now + APP_WAIT, holds_profile=True, refuses_app=True
            )
        case errors.Disconnected():
            return Outcome("refuse", "disconnected", reason, detail, disconnects=True)
        case _:
            return Outcome("refuse", "refused", reason, detail)


def outcome_of_renewal(error: errors.NetworkError, now: datetime) -> Outcome:
    """It was refused for its sign-in alone: it leaves as soon as that is renewed."""
    return Outcome("postpone", "not sent", "The sign-in is renewed first.", error.detail, due_at=now, answered=True)


def backoff(attempts: int) -> timedelta:
    """Doubling from two seconds to five minutes, with jitter so that rows do not come back together."""
    return scale_wait(seconds=min(MAX_BACKOFF_SECONDS, 2.0 ** min(attempts, 9)) * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
