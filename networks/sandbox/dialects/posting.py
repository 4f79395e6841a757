"""One post through whatever is switched on to go wrong, the same on every practice network."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.http import HttpResponse
from django.utils.timezone import now

from networks.sandbox import faults
from networks.sandbox.dialects.speaking import Broken, Refusal, Unreadable, Words
from networks.sandbox.models import Account, Entry
from networks.sandbox.numbers import chance


def post(me: Account, words: Words, *, repeats: Callable[[], bool], write: Callable[[datetime | None], Entry]) -> Entry:
    """Writes it, unless it `repeats` something or a fault forbids. `write` is told from when lists may show it."""
    struck = faults.take(me)
    time.sleep(struck.slow)
    if struck.ending in faults.BEFORE:
        raise ended(struck, words)
    if repeats():
        raise words.duplicate
    entry = write(struck.listed_from(now()))
    if struck.ending in faults.AFTER:
        raise ended(struck, words)
    return entry


def bring(me: Account, words: Words, call: str, step: Callable[[], HttpResponse]) -> HttpResponse:
    """One call that brings a file. A fault finds it done or not: by chance, but always the same for the same `call`."""
    struck = faults.take_on_the_way(me)
    time.sleep(struck.slow)
    if not struck.ending:
        return step()
    if struck.ending in {faults.FAILED, faults.CUT} and chance(call, "done", 0, 1) < 0.5:
        step()
    raise ended(struck, words)


def ended(struck: faults.Struck, words: Words) -> Refusal:
    match struck.ending:
        case faults.LIMITED:
            return words.limited(now() + timedelta(seconds=struck.seconds))
        case faults.LIMITED_BARE:
            return words.limited(None)
        case faults.DUPLICATE:
            return words.duplicate
        case faults.SIGNED_OUT:
            return words.signed_out
        case faults.FAILED | faults.FAILED_AFTER:
            return words.down
        case faults.UNREADABLE:
            return Unreadable()
        case _:
            return Broken()
