"""Named sets of verbs. Pure."""

from collections.abc import Iterable

from networks.models import PROFILE_VERBS

LEVELS: dict[str, frozenset[str]] = {
    "contributor": frozenset({"view", "draft"}),
    "publisher": frozenset({"view", "draft", "publish"}),
    "approver": frozenset({"view", "draft", "publish", "approve"}),
    "community": frozenset({"view", "reply"}),
    "analyst": frozenset({"view", "analyse"}),
    "manager": frozenset(PROFILE_VERBS),
}


def unknown_verbs(verbs: Iterable[str]) -> list[str]:
    return sorted(set(verbs) - set(PROFILE_VERBS))


def with_view(verbs: Iterable[str]) -> frozenset[str]:
    """Whoever may do anything with a profile may also see it."""
    chosen = frozenset(verbs)
    return chosen | {"view"} if chosen else chosen
