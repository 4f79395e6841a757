"""One profile's copy of a post: tried again, decided by hand, called off. All through the outbox's own actions."""

import re

from django.db import transaction
from django.utils.translation import gettext as _

from foundation.errors import Conflict, Invalid
from foundation.overtaking import Seen, refuse_overtaken
from foundation.processes import realtime
from networks.actions.outgoing import cancel_outgoing, delete_remote_post, resolve_outgoing, retry_outgoing
from networks.contract import Deletes
from networks.models import Outgoing, Profile, RemotePost
from networks.registry import adapter_class, manifest_of
from organizations.actors import Actor
from organizations.auditing import audit
from organizations.models import Member
from publishing.access import require_delivery_access
from publishing.actions.post_outbox import cancel_unsent, lock_thread_parts
from publishing.models import Delivery, Post

_REMOTE_ID = re.compile(r"[\w:.-]{1,200}", re.ASCII)


@transaction.atomic
def retry_delivery(actor: Actor, delivery: Delivery, *, seen: Seen = None) -> Delivery:
    """Tries a cleanly failed delivery again, now. Raises Conflict for any other, PermissionDenied."""
    row = lock_decided_row(actor, delivery, seen)
    refuse_cancelled_post(delivery)
    retry_outgoing(actor, row)
    return refresh_and_ping(delivery)


@transaction.atomic
def resolve_delivery(
    actor: Actor,
    delivery: Delivery,
    *,
    there: bool,
    remote_id: str = "",
    permalink: str = "",
    seen: Seen = None,
) -> Delivery:
    """A person looked: it is there (as what), or it is not and is sent again. Raises Conflict, Invalid."""
    row = lock_decided_row(actor, delivery, seen)
    if there:
        remote_id = remote_id.strip() or parse_remote_id(permalink.strip(), delivery.profile)
        validate_reference(row, remote_id, permalink)
    else:
        refuse_cancelled_post(delivery)
    resolve_outgoing(actor, row, there=there, remote_id=remote_id, permalink=permalink.strip())
    return refresh_and_ping(delivery)


@transaction.atomic
def cancel_delivery(actor: Actor, delivery: Delivery, *, seen: Seen = None) -> Delivery:
    """It will not leave (any more). Raises Conflict when it has, or may have and is still being looked for."""
    row = lock_decided_row(actor, delivery, seen)
    if row.state == "unknown" and not row.needs_person:
        raise Conflict(_("It may have left: it is being looked for on the profile. Wait until that is known."))
    before = row.state
    cancel_outgoing(row)
    audit.record(actor, "delivery.cancelled", delivery, {"state": [before, row.state]})
    return refresh_and_ping(delivery)


@transaction.atomic
def delete_delivery(actor: Actor, delivery: Delivery) -> Delivery:
    """Takes what has left of it away from the network, the last part first; what has not left is cancelled.

    Raises Conflict where it is not known what is there, or nothing is, or it is being deleted; PermissionDenied.
    """
    require_delivery_access(actor, delivery)
    adapter = adapter_class(delivery.profile.network)
    if not issubclass(adapter, Deletes):
        raise Conflict(_("%s does not let us delete what was published.") % adapter.label)
    rows = lock_thread_parts([delivery.outgoing_id])
    if any(row.state in ("sending", "unknown") for row in rows):
        raise Conflict(_("It is not known yet what of it is there. Wait until that is clear."))
    there = RemotePost.objects.filter(outgoing__in=rows, deleted_at=None).select_related("profile")
    copies = list(there.order_by("-outgoing__part"))
    if not copies:
        raise Conflict(_("Nothing of it is there."))
    cancel_unsent(rows)
    for copy in copies:
        delete_remote_post(actor, copy)
    delivery.deletion_asked_by = actor if isinstance(actor, Member) else None
    delivery.save(update_fields=["deletion_asked_by"])
    audit.record(actor, "delivery.deleted", delivery, {"posts": [copy.remote_id for copy in copies]})
    return refresh_and_ping(delivery)


def lock_decided_row(actor: Actor, delivery: Delivery, seen: Seen = None) -> Outgoing:
    """The part that a decision is about: the first that is not there. Raises Overtaken."""
    require_delivery_access(actor, delivery)
    rows = lock_thread_parts([delivery.outgoing_id])
    front = next((row for row in rows if row.state != "sent"), rows[0])
    refuse_overtaken(front.mark, seen)
    return front


def refuse_cancelled_post(delivery: Delivery) -> None:
    """What was under way when its post was cancelled may have failed since, or be not known."""
    if Post.objects.filter(pk=delivery.post_id, state="cancelled").exists():
        raise Conflict(_("This post was cancelled, so nothing more of it leaves. Write a copy to say it after all."))


def refresh_and_ping(delivery: Delivery) -> Delivery:
    delivery.refresh_from_db(fields=["outgoing"])
    realtime.ping(delivery.organization_id, "posts", delivery.post_id, profile_id=delivery.profile_id)
    return delivery


def parse_remote_id(permalink: str, profile: Profile) -> str:
    """The network's id as its addresses carry it; empty where it cannot be read."""
    return manifest_of(profile.network).id_in(permalink, profile.remote_id)


def validate_reference(row: Outgoing, remote_id: str, permalink: str) -> None:
    if permalink and (len(permalink) > 1000 or not re.match(r"https?://\S+$", permalink.strip())):
        raise Invalid({"permalink": [_("Paste the address of the post, beginning with https://.")]})
    if not _REMOTE_ID.fullmatch(remote_id):
        raise Invalid({"remote_id": [_("Paste the address of the post, or its id on the network.")]})
    others = RemotePost.objects.filter(profile=row.profile_id, remote_id=remote_id, outgoing__isnull=False)
    if others.exclude(outgoing=row).exists():
        raise Invalid({"remote_id": [_("That is another post of ours on this profile.")]})
