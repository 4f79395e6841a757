"""Rows of one profile that say the same. What the network shows of one could be taken for the other.

So of such rows one at a time is under way: while it is not known what became of one, or while it is being looked for,
the other neither leaves nor is looked for. Both ask while they hold the profile's lock.
"""

from datetime import datetime

from django.db.models import Q, QuerySet

from networks.models import Outgoing

WAITS = "It waits until it is known whether another post with the same words is there."


def twins(row: Outgoing) -> QuerySet[Outgoing]:
    """Indexes outgoing_profile_busy and outgoing_profile_unknown, for whoever asks for those states."""
    same = {"draft__text": row.draft["text"], "draft__in_reply_to": row.draft.get("in_reply_to")}
    return Outgoing.objects.filter(profile=row.profile_id, **same).exclude(pk=row.pk)


def is_doubtful(row: Outgoing) -> bool:
    """Whether `row` must not leave yet. One that only a person can tell of is no longer waited for."""
    return twins(row).filter(state="unknown", needs_person=False).exists()


def is_under_way(row: Outgoing, looking_since: datetime) -> bool:
    """Whether `row` must not be looked for yet. Looks begun before `looking_since` are those of dead workers."""
    looked_for = Q(
        state="unknown",
        attempts__kind="look",
        attempts__finished_at=None,
        attempts__started_at__gt=looking_since,
    )
    sending = twins(row).filter(state="sending").exists()
    return sending or twins(row).filter(looked_for).exists()
