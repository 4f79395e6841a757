"""Who takes what when a member leaves, and how that is shown before it is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from organizations.models import Member, Role


@dataclass(frozen=True, slots=True)
class Handover:
    """The named people. What the chosen one may not see goes to `fallback`, an owner or admin, who sees everything."""

    member: Member
    successor: Member
    fallback: Member
    by_kind: Mapping[str, Member] = field(default_factory=dict)  # "posts", "conversations": instead of the successor
    keep_scheduled: bool = True  # what is scheduled goes out as planned; else it becomes a draft again

    def chosen(self, kind: str) -> Member:
        return self.by_kind.get(kind, self.successor)

    def taker(self, kind: str, may: Callable[[Member], bool] = lambda _: True) -> Member:
        """Whoever gets a thing of that kind, `may` saying who could see it."""
        chosen = self.chosen(kind)
        return chosen if may(chosen) else self.fallback

    def named(self, kind: str) -> list[Member]:
        """Whoever was named for that kind of thing, then the successor."""
        return list(dict.fromkeys((self.chosen(kind), self.successor)))

    @property
    def people(self) -> list[Member]:
        return [self.successor, *self.by_kind.values()]


@dataclass(frozen=True, slots=True)
class Holding:
    """One kind of thing that a leaving member holds: "3 conversations", and what becomes of them."""

    kind: str
    count: int
    label: str
    fate: str
    passes: bool  # to somebody, who can be named; else it ends or stays
    things: tuple[str, ...] = ()  # the first of them, where somebody has to know which they are
    needs_name: bool = False  # whoever was named cannot take all of it


def may_succeed(candidate: Member, member: Member) -> bool:
    """Somebody else, who is here and does more than look."""
    return candidate.left_at is None and candidate.pk != member.pk and candidate.role != Role.VIEWER
