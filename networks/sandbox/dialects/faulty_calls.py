"""One post through whatever is switched on to go wrong, the same on every practice network."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.http import HttpResponse
from django.utils.timezone import now

from networks.sandbox import faults
from networks.sandbox.dialects.api_calls import BrokenAnswer, Refusal, UnreadableAnswer, UsualRefusals
from networks.sandbox.models import Account, Entry
from networks.sandbox.simulated_numbers import seeded_float


def post_with_faults(
    me: Account, words: UsualRefusals, *, repeats: Callable[[], bool], write: Callable[[datetime | None], Entry]
) -> Entry:
    """Writes it, unless it `repeats` something or a fault forbids. `write` is told from when lists may show it."""
    effect = faults.use_post_faults(me)
    time.sleep(effect.slow)
    if effect.ending in faults.BEFORE_PUBLISHING:
        raise refusal_of_fault(effect, words)
    if repeats():
        raise words.duplicate
    entry = write(effect.listed_from(now()))
    if effect.ending in faults.AFTER_PUBLISHING:
        raise refusal_of_fault(effect, words)
    return entry


def upload_with_faults(me: Account, words: UsualRefusals, call: str, step: Callable[[], HttpResponse]) -> HttpResponse:
    """One call that brings a file. A fault finds it done or not: by chance, but always the same for the same `call`."""
    effect = faults.use_upload_faults(me)
    time.sleep(effect.slow)
    if not effect.ending:
        return step()
    if effect.ending in {faults.FAILED, faults.CUT} and seeded_float(call, "done", 0, 1) < 0.5:
        step()
    raise refusal_of_fault(effect, words)


def refusal_of_fault(effect: faults.FaultEffect, words: UsualRefusals) -> Refusal:
    match effect.ending:
        case faults.LIMITED:
            return words.limited(now() + timedelta(seconds=effect.seconds))
        case faults.LIMITED_BARE:
            return words.limited(None)
        case faults.DUPLICATE:
            return words.duplicate
        case faults.SIGNED_OUT:
            return words.signed_out
        case faults.FAILED | faults.FAILED_AFTER:
            return words.down
        case faults.UNREADABLE:
            return UnreadableAnswer()
        case _:
            return BrokenAnswer()
