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

from analytics.cadence import PROFILE_EVERY, next_for_post
from analytics.definitions import POST_KEYS, PROFILE_KEYS
from analytics.derive import day_of, increase, known
from analytics.models import Measurement, Rollup, Snapshot
from foundation.processes import realtime
from networks.contract import Metrics
from networks.models import Profile, RemotePost
from organizations.tenancy import require_organization_id

GONE = "The network no longer shows this post."


def zone_of(profile: Profile) -> ZoneInfo:
    return ZoneInfo(profile.organization.time_zone)


def lock_profile(profile: Profile) -> Measurement:
    """The profile's own row, locked until the transaction ends. Made where nobody has planned it yet."""
    own = Measurement.objects.select_for_update().filter(profile=profile, remote_post=None)
    row = own.first()
    if row is None:
        new = Measurement(organization_id=require_organization_id(), profile=profile, due_at=profile.created_at)
        Measurement.objects.bulk_create([new], ignore_conflicts=True)
        row = own.get()
    return row


@transaction.atomic
def store_posts(profile: Profile, rows: Iterable[Measurement], answers: Iterable[Metrics], *, now: datetime) -> None:
    """The answers for the posts of `rows`; a post without an answer is one that the network no longer knows."""
    own = lock_profile(profile)
    by_id = {answer.remote_id: answer for answer in answers}
    fresh = Measurement.objects.select_related("remote_post").filter(pk__in=[row.pk for row in rows]).order_by("pk")
    posts = [(row, row.remote_post) for row in fresh if row.remote_post]  # the profile's own measurement has none
    lacking: dict[str, str] = {}
    ours = own_parts_beneath(post.outgoing_id for _, post in posts)
    for row, post in posts:
        answer = by_id.get(post.remote_id)
        row.due_at = next_for_post(post.published_at, now)
        row.error = "" if answer else GONE
        if answer:
            store_post(profile, row, without_ours(answer, ours[post.outgoing_id]))
            lacking |= row.missing
        row.save(update_fields=["due_at", "error", "measured_at", "known", "missing"])
    if by_id:
        own.missing = {key: why for key, why in own.missing.items() if key not in POST_KEYS} | lacking
        own.error = ""
        own.save(update_fields=["missing", "error"])
        realtime.ping(profile.organization_id, "analytics")


def own_parts_beneath(outgoing_ids: Iterable[int | None]) -> Counter[int | None]:
    """How many of our own parts (a thread's next, a first comment) stand directly beneath each post, by its outgoing.

    Networks count them among the replies. Index outgoing_followers.
    """
    beneath = RemotePost.objects.filter(outgoing__after__in=[pk for pk in outgoing_ids if pk], deleted_at=None)
    return Counter(dict(beneath.values_list("outgoing__after").annotate(Count("pk")).order_by()))


def without_ours(answer: Metrics, parts: int) -> Metrics:
    """What people outside said. A network that has not counted a part yet says less than we know, never below none."""
    replies = answer.values.get("replies")
    if not parts or replies is None:
        return answer
    return replace(answer, values={**answer.values, "replies": max(0, replies - parts)})


def store_post(profile: Profile, row: Measurement, answer: Metrics) -> None:
    """An answer that is not newer than the last one tells nothing new: a task that ran twice is harmless."""
    if row.measured_at and answer.as_of <= row.measured_at:
        return
    note_snapshot(profile, row, answer, POST_KEYS)
    day = day_of(answer.as_of, zone_of(profile))
    for metric, grown in sorted(increase(row.known, answer.values).items()):
        add(profile, day, metric, grown, answer.as_of)
    learn(row, answer, POST_KEYS)


@transaction.atomic
def store_profile(profile: Profile, answer: Metrics, *, now: datetime) -> None:
    """The profile's own numbers; the last of a day stands for the day."""
    own = lock_profile(profile)
    own.due_at, own.error = now + PROFILE_EVERY, ""
    if own.measured_at is None or answer.as_of > own.measured_at:
        note_snapshot(profile, own, answer, PROFILE_KEYS)
        for metric, value in known(answer.values, PROFILE_KEYS).items():
            put(profile, day_of(answer.as_of, zone_of(profile)), metric, value, answer.as_of)
        of_posts = {key: why for key, why in own.missing.items() if key in POST_KEYS}
        learn(own, answer, PROFILE_KEYS)
        own.missing |= of_posts
    own.save(update_fields=["due_at", "error", "measured_at", "known", "missing"])
    realtime.ping(profile.organization_id, "analytics")


def note_snapshot(profile: Profile, row: Measurement, answer: Metrics, keys: Iterable[str]) -> None:
    Snapshot.objects.create(
        profile=profile,
        remote_post_id=row.remote_post_id,
        as_of=answer.as_of,
        values=known(answer.values, keys),
        missing=reasons(answer, keys),
    )


def learn(row: Measurement, answer: Metrics, keys: Iterable[str]) -> None:
    row.measured_at = answer.as_of
    row.known = row.known | known(answer.values, keys)
    row.missing = reasons(answer, keys)


def reasons(answer: Metrics, keys: Iterable[str]) -> Mapping[str, str]:
    return {key: answer.missing[key] for key in keys if answer.values.get(key) is None and key in answer.missing}


def add(profile: Profile, day: date, metric: str, grown: int, as_of: datetime) -> None:
    """Adds to a day. The profile's lock is held, so nobody else can insert the row in between."""
    changed = Rollup.objects.filter(profile=profile, day=day, metric=metric).update(
        value=F("value") + grown, as_of=Greatest(F("as_of"), as_of)
    )
    if not changed:
        Rollup.objects.create(profile=profile, day=day, metric=metric, value=grown, as_of=as_of)


def put(profile: Profile, day: date, metric: str, value: int, as_of: datetime) -> None:
    """Sets what a day says."""
    row = Rollup(profile=profile, organization_id=profile.organization_id, day=day, metric=metric, value=value)
    row.as_of = as_of
    Rollup.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["profile", "day", "metric"],
        update_fields=["value", "as_of"],
    )
