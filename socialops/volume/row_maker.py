"""What every part of the bulk shares: the dice, the clock, and writing in batches."""

import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Model

from networks.models import Profile
from organizations.models import Member, Organization

BATCH_SIZE = 2_000
Row = TypeVar("Row", bound=Model)
SAMPLE_WORDS = (
    "new boots rain trail opening hours map sale winter hut order size return stock snow club Saturday repair jacket "
    "stove rental guide early weekend summit photo thanks question delivery helmet rope"
).split()


@dataclass(frozen=True, slots=True)
class WantedCounts:
    profiles: int
    posts: int
    messages: int
    days: int


class RowMaker:
    """One run for one organization, in its scope."""

    def __init__(self, organization: Organization, wanted: WantedCounts, now: datetime) -> None:
        self.organization, self.wanted, self.now = organization, wanted, now
        self.dice = random.Random(f"{organization.slug} {wanted}")  # noqa: S311 - the same rows every time
        self.mark = uuid.uuid4().hex[:8]
        self.members = list(Member.objects.order_by("pk")[:50])

    def moment(self, *, ahead: bool = False) -> datetime:
        days = self.dice.uniform(0.1, 30) if ahead else -self.dice.uniform(0.1, max(self.wanted.days, 1))
        return self.now + timedelta(days=days)

    def busy(self, profiles: list[Profile]) -> Profile:
        """A few profiles carry most of the work."""
        return profiles[int(len(profiles) * self.dice.random() ** 2)]

    def text(self, words: int) -> str:
        return " ".join(self.dice.choices(SAMPLE_WORDS, k=words)).capitalize()


def save_rows(model: type[Row], rows: list[Row]) -> list[Row]:
    return list(model._default_manager.bulk_create(rows, batch_size=BATCH_SIZE))
