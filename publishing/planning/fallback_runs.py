"""Carries out fallback plans, as long as their network does not answer."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from networks.models import Circuit, FallbackPlan
from networks.outbox.too_late_rows import too_late_before
from networks.queries.holds import holds_by_profile
from networks.readiness import rows_held_by_network_alone
from organizations.tenancy import scope
from publishing.actions.fallback_plans import FALLBACK_KEY_PREFIX, REMOVED_PROFILE_HOLDS, send_through_stand_in
from publishing.models import Delivery

MOST_PER_RUN = 100  # posts of one organization; the next minute goes on


def apply_fallback_plans(now: datetime) -> None:
    """Looks at every network that does not answer, and at whoever has a plan for it."""
    for circuit in Circuit.objects.exclude(opened_at=None):
        for plan in plans_for_circuit(circuit):
            if circuit.opened_at and now - circuit.opened_at >= timedelta(minutes=plan.after_minutes):
                with scope(plan.organization_id):
                    apply_fallback_plan(plan, circuit, now)


def plans_for_circuit(circuit: Circuit) -> list[FallbackPlan]:
    """What is practised stays practice, and what is real is real."""
    # unscoped: a network that is down holds up every organization
    found = FallbackPlan.unscoped.filter(network=circuit.network, profile__sandbox=circuit.sandbox)
    if circuit.organization_id:
        found = found.filter(organization=circuit.organization_id)
    return list(found.select_related("profile", "organization"))


def apply_fallback_plan(plan: FallbackPlan, circuit: Circuit, now: datetime) -> None:
    """Posts whose time has come, the oldest first; never replies, nor what stands in itself.

    Those that something else keeps from leaving are passed over here, or a hundred of them would hide the rest.
    """
    assert plan.profile_id is not None
    if holds_by_profile([plan.profile_id], now).get(plan.profile_id, REMOVED_PROFILE_HOLDS):
        return
    there = Delivery.objects.filter(post=OuterRef("post"), profile=plan.profile_id).exclude(outgoing__state="cancelled")
    held_up = Delivery.objects.filter(
        ~Exists(there),
        profile__network=circuit.network,
        profile__sandbox=circuit.sandbox,
        post__state="scheduled",
        outgoing__state="waiting",
        outgoing__held="",
        outgoing__planned_at__lte=now,
    ).exclude(outgoing__key__startswith=FALLBACK_KEY_PREFIX)
    if earliest := too_late_before(plan.organization, now):
        held_up = held_up.filter(outgoing__planned_at__gte=earliest)
    silent = rows_held_by_network_alone(held_up, now, profile="profile__", row="outgoing__")
    rows = silent.select_related("post", "profile", "revision", "outgoing")
    for delivery in rows.order_by("outgoing__planned_at", "pk")[:MOST_PER_RUN]:
        send_through_stand_in(plan, delivery, now)
