"""When something is measured next: often while it is young, then ever less, then never. Pure."""

from datetime import datetime, timedelta

FIRST_HOURS = [timedelta(), *(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))]
DAILY = [timedelta(days=days) for days in range(1, 31)]
WEEKLY = [timedelta(days=days) for days in range(37, 91, 7)]
MEASURED_AGES = (*FIRST_HOURS, *DAILY, *WEEKLY)

WATCHED_FOR = MEASURED_AGES[-1]
PROFILE_EVERY = timedelta(hours=1)
AFTER_FAILURE = timedelta(minutes=15)


def next_post_measurement(published_at: datetime, now: datetime) -> datetime | None:
    """The next planned age that a post has not passed yet; None when it is too old to change much."""
    age = now - published_at
    return next((published_at + planned for planned in MEASURED_AGES if planned > age), None)
