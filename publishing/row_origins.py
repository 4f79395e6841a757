"""Which post a deletion in the outbox belongs to."""

from collections.abc import Collection

from django.urls import reverse

from networks.models import Outgoing, RemotePost
from organizations.models import Organization


def find_paths(organization: Organization, outgoing_ids: Collection[int]) -> dict[int, str]:
    """The key of a deletion names the network's copy, and that the row which was sent, or the first of its thread."""
    keys = Outgoing.objects.filter(pk__in=outgoing_ids).values_list("pk", "key")
    copies = {pk: int(key.partition(":")[2]) for pk, key in keys}
    found = RemotePost.objects.filter(pk__in=copies.values()).values_list(
        "pk", "outgoing__delivery__post", "outgoing__chain__delivery__post"
    )
    posts = {copy: own or of_thread for copy, own, of_thread in found}
    return {
        pk: reverse("publishing:post", args=[organization.slug, posts[copy]])
        for pk, copy in copies.items()
        if posts.get(copy)
    }
