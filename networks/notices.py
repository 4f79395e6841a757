"""What this floor tells members, and whom."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.processes import realtime
from networks.models import Circuit, FallbackPlan, Profile, Restoration
from networks.registry import adapter_class
from organizations.models import Organization
from organizations.notifications.notice_kinds import register_notice_kind
from organizations.notifications.notices import notify, settle_notices
from organizations.queries.people import list_admins
from organizations.tenancy import scope

CIRCUIT_TITLES = {  # of a circuit's failure_mode
    "silent": gettext_lazy("%(network)s does not answer: posts wait and leave by themselves"),
    "refuses": gettext_lazy("%(network)s takes nothing from our app: posts wait until that is put right"),
}


def register_kinds() -> None:
    register_notice_kind(
        "restored", gettext_lazy("An older state of this installation was restored"), "history", "bell", "email"
    )
    register_notice_kind(
        "network_down", gettext_lazy("A network does not answer, or refuses our app"), "unplug", "bell", "email"
    )


def announce_circuit(circuit: Circuit) -> None:
    """To everybody's open pages that it has opened, changed or closed, and to the admins once for each time."""
    # unscoped: a network that is down holds up every organization
    profiles = Profile.unscoped.filter(network=circuit.network, sandbox=circuit.sandbox, state="connected")
    concerned = Organization.objects.filter(pk__in=profiles.values("organization"))
    for organization in concerned.filter(pk=circuit.organization_id) if circuit.organization_id else concerned:
        with scope(organization), transaction.atomic():
            notify_circuit_admins(circuit, organization)
            realtime.ping(organization.pk, "circuits")


def notify_circuit_admins(circuit: Circuit, organization: Organization) -> None:
    causes = {failure_mode: f"circuit-{circuit}-{failure_mode}" for failure_mode in CIRCUIT_TITLES}
    settle_notices(*[cause for failure_mode, cause in causes.items() if failure_mode != circuit.failure_mode])
    if not circuit.opened_at:
        plans = FallbackPlan.objects.filter(network=circuit.network, profile__sandbox=circuit.sandbox)
        settle_notices(*[plan.cause for plan in plans])
        return
    name = circuit_network_name(circuit.network, sandbox=circuit.sandbox)
    notify(
        list_admins(),
        causes[circuit.failure_mode],
        kind="network_down",
        title=str(CIRCUIT_TITLES[circuit.failure_mode]) % {"network": name},
        url=reverse("profiles:list", args=[organization.slug]),
        about=circuit.reason,
    )


def circuit_network_name(network: str, *, sandbox: bool) -> str:
    """The network as people know it."""
    label = adapter_class(network).label
    return _("The practice network of %(network)s") % {"network": label} if sandbox else label


def notify_restored(restoration: Restoration) -> None:
    """To the owners and admins of every organization."""
    for organization in Organization.objects.all():
        with scope(organization):
            notify(
                list_admins(),
                f"restored-{restoration.pk}",
                kind="restored",
                title=_("This installation was restored: see what may have left since the backup"),
                url=reverse("publishing:restored", args=[organization.slug]),
                about=_("What was due is looked for on its network before it leaves. Everybody has to sign in again."),
            )
