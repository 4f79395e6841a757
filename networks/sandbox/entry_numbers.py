"""The numbers of stored entries and accounts."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count

from networks.sandbox import simulated_numbers
from networks.sandbox.models import Account, Entry


def numbers_of_entries(entries: Iterable[Entry], *, at: datetime) -> dict[int, simulated_numbers.PostNumbers]:
    """As of `at`, by primary key, in one query; `author` must have been selected with the entries."""
    listed = list(entries)
    beneath = Entry.objects.filter(parent__in=[one.pk for one in listed], created_at__lte=at)
    answers = dict(beneath.values_list("parent").annotate(Count("pk")))
    return {
        one.pk: simulated_numbers.post_numbers(
            one.remote_id,
            followers=followers_of(one.author, at=one.created_at),
            since=one.created_at,
            at=at,
            likes=one.likes,
            replies=answers.get(one.pk, 0),
        )
        for one in listed
    }


def followers_of(account: Account, *, at: datetime) -> int:
    """People in the audience are no public figures."""
    total = simulated_numbers.follower_count(account.remote_id, since=account.created_at, at=at)
    return total // 40 if account.is_audience else total
