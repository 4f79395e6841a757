"""Founding an organization, changing it, and adding people to it."""

from zoneinfo import available_timezones

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email, validate_slug
from django.db import IntegrityError, transaction

from organizations import audit
from organizations.access import require_admin
from organizations.actors import Actor, System
from organizations.models import Member, Organization, Role, User
from organizations.tenancy import scope
from socialops.lib.errors import Invalid


@transaction.atomic
def create_organization(
    actor: System, *, name: str, slug: str, owner_email: str, owner_password: str, time_zone: str = "UTC"
) -> Organization:
    """Founds an organization with its first owner. Raises Invalid (field names: name, slug, owner_email, password)."""
    name = name.strip()
    if not 1 <= len(name) <= 120:
        raise Invalid({"name": ["Give a name of 1 to 120 characters."]})
    check("slug", validate_slug, slug, "Use letters, digits and hyphens, at most 50.")
    if len(slug) > 50:
        raise Invalid({"slug": ["Use letters, digits and hyphens, at most 50."]})
    try:
        with transaction.atomic():
            organization = Organization.objects.create(name=name, slug=slug, time_zone=time_zone)
    except IntegrityError:
        raise Invalid({"slug": ["Another organization uses this slug."]}) from None
    with scope(organization):
        audit.record(actor, "organization.created", organization)
        create_member(actor, organization, email=owner_email, role=Role.OWNER, password=owner_password)
    return organization


@transaction.atomic
def change_organization(actor: Actor, organization: Organization, *, name: str, time_zone: str) -> Organization:
    """Renames it, or moves its clock: days of reports are counted in the new zone from now on.

    Raises Invalid (name, time_zone), PermissionDenied.
    """
    require_admin(actor)
    name = name.strip()
    if not 1 <= len(name) <= 120:
        raise Invalid({"name": ["Give a name of 1 to 120 characters."]})
    if time_zone not in available_timezones():
        raise Invalid({"time_zone": ["Choose a time zone such as Europe/Madrid."]})
    change = {"name": [organization.name, name], "time_zone": [organization.time_zone, time_zone]}
    organization.name, organization.time_zone = name, time_zone
    organization.save(update_fields=["name", "time_zone"])
    changed = {field: [before, after] for field, (before, after) in change.items() if before != after}
    if changed:
        audit.record(actor, "organization.changed", organization, changed)
    return organization


@transaction.atomic
def create_member(
    actor: Actor, organization: Organization, *, email: str, role: str, password: str, name: str = ""
) -> Member:
    """Adds a person; somebody who already has a sign-in keeps their password.

    Raises Invalid (email, role, password), PermissionDenied.
    """
    require_admin(actor)
    email = email.strip().lower()
    check("email", validate_email, email, "Give a whole e-mail address.")
    if role not in Role.values:
        raise Invalid({"role": [f"Choose one of {', '.join(Role.values)}."]})
    user = User.objects.filter(email=email).first() or create_user(email, name, password)
    member, created = Member.objects.get_or_create(
        user=user, organization=organization, defaults={"role": role, "organization": organization}
    )
    if not created:
        raise Invalid({"email": ["This person is already a member."]})
    audit.record(actor, "member.added", member, {"role": role})
    return member


def create_user(email: str, name: str, password: str) -> User:
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as error:
        raise Invalid({"password": error.messages}) from None
    return User.objects.create_user(email, password, name=name)


def check(field: str, validator: object, value: str, wanted: str) -> None:
    try:
        validator(value)  # type: ignore[operator]
    except ValidationError:
        raise Invalid({field: [wanted]}) from None
