"""What a network said becomes a Snapshot, and the difference to what it said before goes into the day's Rollup.

All writers of one profile's numbers take the lock of the profile's own Measurement first, so that they work one after
another: a snapshot counts once, whoever brings it and how often.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, F
from django.db.models.functions import Greatest

from analytics.cadence import PROFILE_EVERY, next_post_measurement
from analytics.definitions import POST_KEYS, PROFILE_KEYS
from analytics.derive import day_of, known_values, value_increases
from analytics.models import Measurement, Rollup, Snapshot
from foundation.processes import realtime
from networks.contract import Metrics
from networks.models import Profile, RemotePost
from organizations.tenancy import require_organization_id

POST_GONE = "The network no longer shows this post."


def profile_zone(profile: Profile) -> ZoneInfo:
    return ZoneInfo(profile.organization.time_zone)


def lock_profile_measurement(profile: Profile) -> Measurement:
    """The profile's own row, locked until the transaction ends. Made where nobody has planned it yet."""
    own = Measurement.objects.select_for_update().filter(profile=profile, remote_post=None)
    row = own.first()
    if row is None:
        new = Measurement(organization_id=require_organization_id(), profile=profile, due_at=profile.created_at)
        Measurement.objects.bulk_create([new], ignore_conflicts=True)
        row = own.get()
    return row


@transaction.atomic
def store_post_metrics(
    profile: Profile, rows: Iterable[Measurement], answers: Iterable[Metrics], *, now: datetime
) -> None:
    """The answers for the posts of `rows`; a post without an answer is one that the network no longer knows."""
    own = lock_profile_measurement(profile)
    by_id = {answer.remote_id: answer for answer in answers}
    fresh = Measurement.objects.select_related("remote_post").filter(pk__in=[row.pk for row in rows]).order_by("pk")
    posts = [(row, row.remote_post) for row in fresh if row.remote_post]  # the profile's own measurement has none
    lacking: dict[str, str] = {}
    ours = count_own_parts(post.outgoing_id for _, post in posts)
    for row, post in posts:
        answer = by_id.get(post.remote_id)
        row.due_at = next_post_measurement(post.published_at, now)
        row.error = "" if answer else POST_GONE
        if answer:
            store_post_answer(profile, row, subtract_own_parts(answer, ours[post.outgoing_id]))
            lacking |= row.missing
        row.save(update_fields=["due_at", "error", "measured_at", "known", "missing"])
    if by_id:
        own.missing = {key: why for key, why in own.missing.items() if key not in POST_KEYS} | lacking
        own.error = ""
        own.save(update_fields=["missing", "error"])
        realtime.ping(profile.organization_id, "analytics")


def count_own_parts(outgoing_ids: Iterable[int | None]) -> Counter[int | None]:
    """How many of our own parts (a thread's next, a first comment) stand directly beneath each post, by its outgoing.

    Networks count them among the replies. Index outgoing_followers.
    """
    beneath = RemotePost.objects.filter(outgoing__after__in=[pk for pk in outgoing_ids if pk], deleted_at=None)
    return Counter(dict(beneath.values_list("outgoing__after").annotate(Count("pk")).order_by()))


def subtract_own_parts(answer: Metrics, parts: int) -> Metrics:
    """What people outside said. A network that has not counted a part yet says less than we know, never below none."""
    replies = answer.values.get("replies")
    if not parts or replies is None:
        return answer
    return replace(answer, values={**answer.values, "replies": max(0, replies - parts)})


def store_post_answer(profile: Profile, row: Measurement, answer: Metrics) -> None:
    """An answer that is not newer than the last one tells nothing new: a task that ran twice is harmless."""
    if row.measured_at and answer.as_of <= row.measured_at:
        return
    create_snapshot(profile, row, answer, POST_KEYS)
    day = day_of(answer.as_of, profile_zone(profile))
    for metric, grown in sorted(value_increases(row.known, answer.values).items()):
        add_to_rollup(profile, day, metric, grown, answer.as_of)
    update_known(row, answer, POST_KEYS)


@transaction.atomic
def store_profile_metrics(profile: Profile, answer: Metrics, *, now: datetime) -> None:
    """The profile's own numbers; the last of a day stands for the day."""
    own = lock_profile_measurement(profile)
    own.due_at, own.error = now + PROFILE_EVERY, ""
    if own.measured_at is None or answer.as_of > own.measured_at:
        create_snapshot(profile, own, answer, PROFILE_KEYS)
        for metric, value in known_values(answer.values, PROFILE_KEYS).items():
            set_rollup(profile, day_of(answer.as_of, profile_zone(profile)), metric, value, answer.as_of)
        of_posts = {key: why for key, why in own.missing.items() if key in POST_KEYS}
        update_known(own, answer, PROFILE_KEYS)
        own.missing |= of_posts
    own.save(update_fields=["due_at", "error", "measured_at", "known", "missing"])
    realtime.ping(profile.organization_id, "analytics")


def create_snapshot(profile: Profile, row: Measurement, answer: Metrics, keys: Iterable[str]) -> None:
    Snapshot.objects.create(
        profile=profile,
        remote_post_id=row.remote_post_id,
        as_of=answer.as_of,
        values=known_values(answer.values, keys),
        missing=missing_reasons(answer, keys),
    )


def update_known(row: Measurement, answer: Metrics, keys: Iterable[str]) -> None:
    row.measured_at = answer.as_of
    row.known = row.known | known_values(answer.values, keys)
    row.missing = missing_reasons(answer, keys)


def missing_reasons(answer: Metrics, keys: Iterable[str]) -> Mapping[str, str]:
    return {key: answer.missing[key] for key in keys if answer.values.get(key) is None and key in answer.missing}


def add_to_rollup(profile: Profile, day: date, metric: str, grown: int, as_of: datetime) -> None:
    """Adds to a day. The profile's lock is held, so nobody else can insert the row in between."""
    changed = Rollup.objects.filter(profile=profile, day=day, metric=metric).update(
        value=F("value") + grown, as_of=Greatest(F("as_of"), as_of)
    )
    if not changed:
        Rollup.objects.create(profile=profile, day=day, metric=metric, value=grown, as_of=as_of)


def set_rollup(profile: Profile, day: date, metric: str, value: int, as_of: datetime) -> None:
    """Sets what a day says."""
    row = Rollup(profile=profile, organization_id=profile.organization_id, day=day, metric=metric, value=value)
    row.as_of = as_of
    Rollup.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["profile", "day", "metric"],
        update_fields=["value", "as_of"],
    )
