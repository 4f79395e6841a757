"""Rows of one profile that say the same, or nearly. What the network shows of one could be taken for the other.

So of such rows one at a time is under way: while it is not known what became of one, or while it is being looked for,
the other neither leaves nor is looked for. Both ask while they hold the profile's lock.
"""

from datetime import datetime

from django.db.models import Q, QuerySet

from foundation.texts.text_comparison import comparison_key
from networks.models import Outgoing

TWIN_WAIT_REASON = "It waits until it is known whether another post with the same words is there."


def other_rows_of_profile(row: Outgoing) -> QuerySet[Outgoing]:
    """Indexes outgoing_profile_busy and outgoing_profile_unknown, for whoever asks for those states."""
    return Outgoing.objects.filter(profile=row.profile_id).exclude(pk=row.pk)


def has_twin(row: Outgoing, among: QuerySet[Outgoing]) -> bool:
    """Whether one of a few rows says, beneath the same post, what a network may show as it would show `row`."""
    mine = (comparison_key(row.draft["text"]), row.draft.get("in_reply_to"))
    texts = among.values_list("draft__text", "draft__in_reply_to")
    return any((comparison_key(text), parent) == mine for text, parent in texts)


def has_unknown_twin(row: Outgoing) -> bool:
    """Whether `row` must not leave yet. One that only a person can tell of is no longer waited for."""
    return has_twin(row, other_rows_of_profile(row).filter(state="unknown", needs_person=False))


def has_twin_under_way(row: Outgoing, looking_since: datetime) -> bool:
    """Whether `row` must not be looked for yet. Looks begun before `looking_since` are those of dead workers."""
    looked_for = Q(
        state="unknown",
        attempts__kind="look",
        attempts__finished_at=None,
        attempts__started_at__gt=looking_since,
    )
    return has_twin(row, other_rows_of_profile(row).filter(state="sending")) or has_twin(
        row, other_rows_of_profile(row).filter(looked_for)
    )
