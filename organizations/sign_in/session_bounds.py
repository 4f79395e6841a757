"""How long a session lasts: so many days without a page, and so many in all. Each organization says how many.

A session keeps the longest time that nobody used it, so that coming back through a lenient organization does not open
a strict one.
"""

import time

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import SessionBase
from django.utils.timezone import now

DAY_SECONDS = 86_400
IDLE_DAYS, DAYS = 14, 30  # where no organization is asked, and of a new one
LEAST_SESSION_DAYS, MOST_IDLE_DAYS, MOST_SESSION_DAYS = 1, 30, 90  # what an organization may choose
BEGAN, GAP = "began", "longest_gap"  # in the session: seconds since 1970 / seconds; the second in UserSession.data too


def begin_session(session: SessionBase) -> None:
    session[BEGAN] = int(time.time())


def is_session_over(session: SessionBase, *, idle_days: int = IDLE_DAYS, days: int = DAYS) -> bool:
    """A session from before there were bounds has no beginning; it ends by its own age."""
    began = session.get(BEGAN)
    gap: float = session.get(GAP, 0)
    return (began is not None and time.time() - began > days * DAY_SECONDS) or gap > idle_days * DAY_SECONDS


def note_gap(session: SessionBase, key: str, *, used: bool) -> bool:
    """Keeps how long nobody used this session, where that was a day or more; `used` now, where somebody does.

    False where nothing is known of the session.
    """
    row = UserSession.objects.filter(session_key=key).values_list("last_seen_at", "data").first()
    if row is None:
        return False
    at, (seen, data) = now(), row
    gap = int(max((at - seen).total_seconds(), data.get(GAP, 0)))
    if gap >= DAY_SECONDS and gap > session.get(GAP, 0):
        session[GAP] = gap
    if used:
        # The row tells it to whoever has read the session before this one is saved.
        kept = {"data": {**data, GAP: gap}} if gap >= DAY_SECONDS else {}
        UserSession.objects.filter(session_key=key).update(last_seen_at=at, **kept)
    return True
