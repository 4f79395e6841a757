"""What the operator grants an organization instead of what all have."""

from collections.abc import Mapping

from django.db import transaction

from foundation.errors import Invalid
from organizations.actors import System
from organizations.auditing import audit
from organizations.configuration.quotas import QUOTAS
from organizations.models import Organization
from organizations.tenancy import scope

LARGEST_QUOTA = 2**53


@transaction.atomic
def set_quotas(actor: System, organization: Organization, limits: Mapping[str, int | None]) -> Organization:
    """None gives back what all have. Raises Invalid (the quota's name)."""
    wrong = {name: ["There is no such quota."] for name in limits if name not in QUOTAS}
    wrong |= {name: ["Give a whole number from 1 on."] for name, limit in limits.items() if not is_valid_quota(limit)}
    if wrong:
        raise Invalid(wrong)
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    before = dict(organization.quotas)
    after = {name: limit for name, limit in {**before, **limits}.items() if limit}
    if after != before:
        organization.quotas = after
        organization.save(update_fields=["quotas"])
        with scope(organization):
            change = {name: [before.get(name), after.get(name)] for name in limits}
            audit.record(actor, "organization.quotas_changed", organization, change)
    return organization


def is_valid_quota(limit: int | None) -> bool:
    return limit is None or 1 <= limit <= LARGEST_QUOTA
