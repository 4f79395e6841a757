"""Who is told that posts have become too late to leave without a person."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.urls import reverse
from django.utils.translation import ngettext

from foundation.texts.number_format import format_numbers
from networks.models import Outgoing
from organizations.models import Member
from organizations.notifications.notices import Notice, notify_all, organization_slug, settle_notices
from organizations.queries.people import list_admins
from publishing.models import Delivery
from publishing.notices import writers_or_successors
from teams.queries.verb_holders import held_profiles_by_member


def notify_too_late(rows: Iterable[Outgoing]) -> list[Delivery]:
    """One notice for each profile, to the writers and to those who may publish there. Returns what it was about."""
    found = Delivery.objects.filter(outgoing__in=[row.chain_id or row.pk for row in rows])
    deliveries = list(found.select_related("post__author", "profile", "outgoing").order_by("pk"))
    by_profile: dict[int, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        by_profile[delivery.profile_id].append(delivery)
    people = people_by_profile(by_profile)
    notify_all(notice for pk, late in by_profile.items() for notice in build_too_late_notices(late, people[pk]))
    return deliveries


def people_by_profile(by_profile: dict[int, list[Delivery]]) -> dict[int, set[Member]]:
    """{profile: its late posts' writers, and who may publish there; the admins where nobody else may}"""
    held = held_profiles_by_member("publish", by_profile.keys())
    writers = {delivery.post.author_id for late in by_profile.values() for delivery in late}
    known = {one.pk: one for one in (*writers_or_successors(writers), *members_by_id(held.keys()))}
    admins = set(list_admins())
    found = {}
    for pk, late in by_profile.items():
        publishers = {known[member] for member, profiles in held.items() if pk in profiles and member in known}
        authors = {one for delivery in late for one in known.values() if is_delivery_owner(one, delivery)}
        found[pk] = authors | (publishers or admins)
    return found


def members_by_id(ids: Iterable[int]) -> Iterable[Member]:
    return Member.objects.filter(pk__in=list(ids)).select_related("user", "organization")


def is_delivery_owner(member: Member, delivery: Delivery) -> bool:
    author = delivery.post.author
    return author is not None and member.pk in (author.pk, author.successor_id)


def build_too_late_notices(late: list[Delivery], people: Iterable[Member]) -> Iterator[Notice]:
    """All of one profile."""
    first, profile = late[0], late[0].profile
    slug = organization_slug(profile.organization_id)
    queue = f"{reverse('publishing:queue', args=[slug])}?state=held&profile={profile.pk}"
    title = ngettext(
        "A post for %(name)s is too late: send it, move it or cancel it",
        "%(count)s posts for %(name)s are too late: send them, move them or cancel them",
        len(late),
    ) % format_numbers({"name": profile.name, "count": len(late)})
    url = reverse("publishing:post", args=[slug, first.post_id]) if len(late) == 1 else queue
    for member in people:
        yield Notice(member, too_late_cause(profile.pk), "delivery_late", title, url, first.outgoing.reason, queue)


def settle_too_late(profile_id: int) -> None:
    """Nothing of the profile waits for anybody's decision any more."""
    settle_notices(too_late_cause(profile_id))


def too_late_cause(profile_id: int) -> str:
    return f"profile-{profile_id}-too-late"
