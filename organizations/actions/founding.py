"""A person founds an organization of their own, where REGISTRATION is open."""

from django.conf import settings
from django.core.validators import validate_slug
from django.db import IntegrityError, transaction

from foundation.errors import Invalid, PermissionDenied
from foundation.texts.names import checked_name
from organizations.actions.joining import join_organization
from organizations.actions.organizations import LONGEST_NAME, checked_zone, validate_field
from organizations.auditing import audit
from organizations.models import Member, Organization, Role, User
from organizations.sign_in.admission import has_verified_email
from organizations.tenancy import scope

MOST_OWNED = 3  # owned by one person


@transaction.atomic
def found_organization(user: User, *, name: str, slug: str, time_zone: str = "UTC") -> Member:
    """Founds it with `user` as its owner. Raises Invalid (name, slug, time_zone), PermissionDenied."""
    if settings.REGISTRATION != "open":
        raise PermissionDenied("Here, organizations are founded by whoever runs this server.")
    if not has_verified_email(user):
        raise PermissionDenied("Confirm your e-mail address first.")
    # unscoped: what the person owns elsewhere is the question
    if Member.unscoped.filter(user=user, role=Role.OWNER, left_at=None).count() >= MOST_OWNED:
        raise PermissionDenied(f"You own {MOST_OWNED} organizations already.")
    validate_field("slug", validate_slug, slug, "Use letters, digits and hyphens, at most 50.")
    try:
        with transaction.atomic():
            organization = Organization.objects.create(
                name=checked_name(name, LONGEST_NAME), slug=slug, time_zone=checked_zone(time_zone)
            )
    except IntegrityError:
        raise Invalid({"slug": ["Another organization uses this short name."]}) from None
    with scope(organization):
        owner = join_organization(None, organization, user, role=Role.OWNER)
        audit.record(owner, "organization.created", organization, {"slug": slug, "time_zone": time_zone})
    return owner
