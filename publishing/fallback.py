"""Carries out fallback plans, as long as their network does not answer."""

from datetime import datetime, timedelta

from networks.models import Circuit, FallbackPlan
from organizations.tenancy import scope
from publishing.actions.fallback import KEY, stand_in
from publishing.models import Delivery

AT_ONCE = 100  # posts of one organization; the next minute goes on


def fall_back(now: datetime) -> None:
    """Looks at every network that does not answer, and at whoever has a plan for it."""
    for circuit in Circuit.objects.exclude(opened_at=None):
        for plan in plans(circuit):
            if circuit.opened_at and now - circuit.opened_at >= timedelta(minutes=plan.after_minutes):
                with scope(plan.organization_id):
                    carry_out(plan, circuit, now)


def plans(circuit: Circuit) -> list[FallbackPlan]:
    """What is practised stays practice, and what is real is real."""
    # unscoped: a network that is down holds up every organization
    found = FallbackPlan.unscoped.filter(network=circuit.network, profile__sandbox=circuit.sandbox)
    if circuit.organization_id:
        found = found.filter(organization=circuit.organization_id)
    return list(found.select_related("profile"))


def carry_out(plan: FallbackPlan, circuit: Circuit, now: datetime) -> None:
    """Posts whose time has come, the oldest first; never replies, nor what stands in itself."""
    held_up = Delivery.objects.filter(
        profile__network=circuit.network,
        profile__sandbox=circuit.sandbox,
        profile__state="connected",
        outgoing__state="waiting",
        outgoing__held="",
        outgoing__planned_at__lte=now,
    ).exclude(outgoing__key__startswith=KEY)
    rows = held_up.select_related("post", "profile", "revision", "outgoing").order_by("outgoing__planned_at", "pk")
    for delivery in rows[:AT_ONCE]:
        stand_in(plan, delivery, now)
