"""The levels that can be given here: the built-in ones, then the organization's own."""

from collections.abc import Iterable
from dataclasses import dataclass

from teams.levels import LEVELS
from teams.models import Level
from teams.rights.verb_words import LEVEL_WORDS


@dataclass(frozen=True, slots=True)
class LevelChoice:
    key: str  # "publisher", or "level-12" for one of the organization's own
    name: str
    verbs: frozenset[str]
    pk: int | None = None  # of a custom level


def level_choices() -> list[LevelChoice]:
    """All of them, in one query."""
    ours = [LevelChoice(key, str(LEVEL_WORDS[key]), verbs) for key, verbs in LEVELS.items()]
    return ours + [
        LevelChoice(f"level-{row.pk}", row.name, frozenset(row.verbs), row.pk) for row in Level.objects.order_by("name")
    ]


def find_level_name(verbs: frozenset[str], among: Iterable[LevelChoice]) -> str:
    """The level of exactly these verbs; empty where there is none."""
    return next((choice.name for choice in among if choice.verbs == verbs), "")
