"""What can go wrong on a practice network, chosen on its page, to see how the product behaves. Each happens once."""

from django.utils.translation import gettext_lazy as _

from networks.sandbox.models import Account
from socialops.lib import realtime

LIMITED = "limited"
LOST = "lost"
DOWN = "down"
SIGNED_OUT = "signed_out"

FAULTS = {
    LIMITED: _("Refuse it for a minute: too many calls"),
    LOST: _("Publish it, then lose the answer"),
    DOWN: _("Fail before it is published"),
    SIGNED_OUT: _("Say that the sign-in is no longer valid"),
}


def take_fault(account: Account) -> str:
    """The fault that is set, which is thereby used up. Two calls at once cannot both have it."""
    if not account.fault:
        return ""
    if not Account.objects.filter(pk=account.pk, fault=account.fault).update(fault=""):
        return ""
    realtime.ping(account.organization_id, "sandbox")
    return account.fault
