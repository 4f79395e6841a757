"""Which conversation an answer in the outbox belongs to."""

from collections.abc import Collection

from django.urls import reverse

from inbox.models import Message
from organizations.models import Organization


def find_reply_paths(organization: Organization, outgoing_ids: Collection[int]) -> dict[int, str]:
    rows = Message.objects.filter(outgoing__in=outgoing_ids).values_list("outgoing_id", "conversation_id")
    return {pk: reverse("inbox:conversation", args=[organization.slug, conversation]) for pk, conversation in rows}
