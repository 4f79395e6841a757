"""What this floor does when the outbox tells it what became of a delivery, and when a writer leaves."""

from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.dispatch import receiver

from foundation.database.prepared_statements import PreparedQuery
from foundation.processes import realtime
from networks.actions.outgoing import cancel_outgoing
from networks.contract import DraftKind
from networks.models import Outgoing, RemotePost
from networks.signals import outgoing_held, outgoing_settled
from organizations.actors import Actor
from organizations.models import Member
from organizations.people.member_handover import Handover, Holding
from organizations.signals import gaps_asked, holdings_asked, member_leaving
from organizations.tenancy import require_organization_id
from publishing.actions.post_handover import hand_over_approvals, hand_over_posts
from publishing.models import Delivery
from publishing.notices import notify_deletion_failed, notify_stuck, settle_deletion
from publishing.planning.too_late_notices import notify_too_late
from publishing.queries.post_holdings import list_post_holdings
from publishing.queries.stuck_approvals import list_approval_gaps

# unscoped: the organization is an argument, for this is built once for all of them
DELIVERY_OF_ROW = PreparedQuery(
    "delivery_of_row", 2, lambda row, organization: Delivery.unscoped.filter(outgoing=row, organization=organization)
)


@receiver(outgoing_settled, dispatch_uid="publishing.delivery_settled")
def delivery_settled(sender: Any, outgoing: Outgoing, **kwargs: Any) -> None:
    """Shows it to whoever looks; a sending that was under way when its post was cancelled is not repeated."""
    delivery = DELIVERY_OF_ROW.first(first_part_id(outgoing), require_organization_id())
    if delivery is None:
        return
    if outgoing.draft["kind"] == DraftKind.DELETE:
        report_deletion(delivery, outgoing)
    elif outgoing.state == "waiting" and delivery.post.state == "cancelled":
        cancel_outgoing(outgoing)
    elif is_stuck(outgoing):
        notify_stuck(delivery, outgoing)
    realtime.ping(outgoing.organization_id, "posts", delivery.post_id, profile_id=outgoing.profile_id)


@receiver(outgoing_held, dispatch_uid="publishing.deliveries_held")
def deliveries_held(sender: Any, rows: list[Outgoing], **kwargs: Any) -> None:
    """Tells those who can decide, and shows it to whoever looks."""
    for delivery in notify_too_late(rows):
        realtime.ping(delivery.organization_id, "posts", delivery.post_id, profile_id=delivery.profile_id)


def report_deletion(delivery: Delivery, outgoing: Outgoing) -> None:
    all_of_it = Q(outgoing=delivery.outgoing_id) | Q(outgoing__chain=delivery.outgoing_id)
    if outgoing.state == "failed":
        notify_deletion_failed(delivery, outgoing)
    elif outgoing.state == "sent" and not RemotePost.objects.filter(all_of_it, deleted_at=None).exists():
        settle_deletion(delivery)


def first_part_id(outgoing: Outgoing) -> int | None:
    """The row that a delivery knows: of a thread, or of what this row takes away."""
    if outgoing.draft["kind"] != DraftKind.DELETE:
        return outgoing.chain_id or outgoing.pk
    copies = RemotePost.objects.filter(profile=outgoing.profile_id, remote_id=outgoing.draft["target"])
    return copies.values_list(Coalesce("outgoing__chain", "outgoing"), flat=True).first()


def is_stuck(outgoing: Outgoing) -> bool:
    return outgoing.state == "failed" or (outgoing.state == "unknown" and outgoing.needs_person)


@receiver(member_leaving, dispatch_uid="publishing.member_leaving")
def writer_leaves(sender: Any, actor: Actor, handover: Handover, **kwargs: Any) -> None:
    hand_over_posts(handover)
    hand_over_approvals(actor, handover)


@receiver(holdings_asked, dispatch_uid="publishing.holdings_asked")
def count_posts(sender: Any, handover: Handover, **kwargs: Any) -> list[Holding]:
    return list_post_holdings(handover)


@receiver(gaps_asked, dispatch_uid="publishing.gaps_asked")
def count_undecided(sender: Any, member: Member, **kwargs: Any) -> list[str]:
    return list_approval_gaps(member)
