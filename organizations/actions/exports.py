"""Taking the audit log out of the house, which is itself written down."""

from collections.abc import Mapping

from django.db import transaction

from organizations.access import require_admin
from organizations.actors import Actor
from organizations.auditing import audit
from organizations.models import Organization


@transaction.atomic
def record_audit_export(actor: Actor, organization: Organization, *, form: str, filters: Mapping[str, str]) -> None:
    """Notes who takes which part of the log as what ("csv", "json"), before the first row leaves.

    Raises PermissionDenied.
    """
    require_admin(actor)
    given = {name: value for name, value in filters.items() if value}
    audit.record(actor, "audit.exported", organization, {"format": form, **given})
