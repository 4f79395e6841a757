"""The numbers that practice posts and accounts show. Pure: the same thing at the same time has the same number.

A post is seen by 12 to 55 % of the followers, most of them during the first day (1 - e^(-hours/18)). One in 30 to 200
of those likes it, one in nine of these shares it. Answers are never made up: they are counted. What the audience does
by hand on the practice page is added, and each answer brings forty more who see the post. Followers start between 800
and 5,000 and grow by 2 to 14 a day. No number ever falls.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from math import exp

_HOURS_TO_BE_SEEN = 18
_SEEN_PER_ANSWER = 40


@dataclass(frozen=True, slots=True)
class PostNumbers:
    impressions: int
    likes: int
    replies: int
    reposts: int
    clicks: int
    bookmarks: int


def seeded_float(seed: str, salt: str, low: float, high: float) -> float:
    """Between `low` and `high`, always the same for the same seed."""
    digest = hashlib.sha256(f"{salt}:{seed}".encode()).digest()
    return low + (high - low) * int.from_bytes(digest[:6]) / (1 << 48)


def follower_count(seed: str, *, since: datetime, at: datetime) -> int:
    days = max(0.0, (at - since).total_seconds() / 86_400)
    return round(seeded_float(seed, "followers", 800, 5_000)) + int(days * seeded_float(seed, "growth", 2, 14))


def post_numbers(
    seed: str, *, followers: int, since: datetime, at: datetime, likes: int = 0, replies: int = 0
) -> PostNumbers:
    """`likes` and `replies` are those of people; `followers` is how many the author had then."""
    hours = max(0.0, (at - since).total_seconds() / 3_600)
    seen = followers * seeded_float(seed, "reach", 0.12, 0.55) * (1 - exp(-hours / _HOURS_TO_BE_SEEN))
    liked = seen / seeded_float(seed, "likes", 30, 200)
    return PostNumbers(
        impressions=int(seen) + replies * _SEEN_PER_ANSWER + likes,
        likes=int(liked) + likes,
        replies=replies,
        reposts=int(liked / 9),
        clicks=int(seen / seeded_float(seed, "clicks", 40, 160)),
        bookmarks=int(liked / 14),
    )
