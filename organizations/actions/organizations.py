"""Founding an organization, changing it, and adding people to it."""

from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email, validate_slug
from django.db import IntegrityError, transaction

from foundation.errors import Invalid
from foundation.overtaking import Seen, refuse_overtaken
from foundation.texts.names import checked_name
from organizations.access import require_admin, require_rank
from organizations.actions.joining import join_organization
from organizations.actors import Actor, System
from organizations.auditing import audit
from organizations.configuration.colours import HEX_COLOUR, READABLE_CONTRAST, contrast_with_white, readable_shade
from organizations.models import Member, Organization, Role, User
from organizations.tenancy import scope

LONGEST_NAME = 120
MOST_LATE_MINUTES = 7 * 24 * 60  # minutes; what is a week late is too late for anybody


@transaction.atomic
def create_organization(
    actor: System, *, name: str, slug: str, owner_email: str, owner_password: str, time_zone: str = "UTC"
) -> Organization:
    """Founds an organization with its first owner. Raises Invalid (field names: name, slug, owner_email, password)."""
    name = checked_name(name, LONGEST_NAME)
    validate_field("slug", validate_slug, slug, "Use letters, digits and hyphens, at most 50.")
    if len(slug) > 50:
        raise Invalid({"slug": ["Use letters, digits and hyphens, at most 50."]})
    try:
        with transaction.atomic():
            organization = Organization.objects.create(name=name, slug=slug, time_zone=time_zone)
    except IntegrityError:
        raise Invalid({"slug": ["Another organization uses this slug."]}) from None
    with scope(organization):
        audit.record(actor, "organization.created", organization, {"slug": slug, "time_zone": time_zone})
        create_member(actor, organization, email=owner_email, role=Role.OWNER, password=owner_password)
    return organization


@transaction.atomic
def change_organization(
    actor: Actor,
    organization: Organization,
    *,
    name: str,
    time_zone: str,
    locale: str | None = None,
    brand_colour: str | None = None,
    too_late_minutes: int | None = None,
    seen: Seen = None,
) -> Organization:
    """Renames it, moves its clock (days of reports are counted in the new zone from now on), or changes its face.

    None keeps a field; with 0 `too_late_minutes` posts leave however late. Raises Invalid (name, time_zone, locale,
    brand_colour, too_late_minutes), PermissionDenied, Overtaken.
    """
    require_admin(actor)
    wanted: dict[str, Any] = {"name": checked_name(name, LONGEST_NAME), "time_zone": checked_zone(time_zone)}
    if locale is not None:
        wanted["locale"] = checked_locale(locale)
    if brand_colour is not None:
        wanted["brand_colour"] = checked_colour(brand_colour)
    if too_late_minutes is not None:
        wanted["too_late_minutes"] = checked_lateness(too_late_minutes)
    current = Organization.objects.select_for_update().get(pk=organization.pk)
    refuse_overtaken(current.mark, seen)
    change = audit.changed_fields({field: getattr(current, field) for field in wanted}, wanted)
    for field, value in wanted.items():
        setattr(organization, field, value)
    if change:
        organization.save(update_fields=list(change))
        audit.record(actor, "organization.changed", organization, change)
    return organization


def checked_zone(zone: str) -> str:
    if zone not in available_timezones():
        raise Invalid({"time_zone": ["Choose a time zone such as Europe/Madrid."]})
    return zone


def checked_locale(locale: str) -> str:
    if locale and locale not in dict(settings.LANGUAGES):
        raise Invalid({"locale": ["Choose one of the languages that are offered."]})
    return locale


def checked_lateness(minutes: int) -> int | None:
    if not 0 <= minutes <= MOST_LATE_MINUTES:
        raise Invalid({"too_late_minutes": [f"Give 1 to {MOST_LATE_MINUTES} minutes, or nothing."]})
    return minutes or None


def checked_colour(colour: str) -> str:
    """Empty, or a colour that can carry white letters."""
    colour = colour.strip().lower()
    if not colour:
        return ""
    if not HEX_COLOUR.fullmatch(colour):
        raise Invalid({"brand_colour": ["Write a colour as # and six digits, such as #3f51d1."]})
    if contrast_with_white(colour) < READABLE_CONTRAST:
        measured = f"{contrast_with_white(colour):.1f}"
        shade = readable_shade(colour)
        raise Invalid(
            {"brand_colour": [f"White letters are hard to read on this ({measured}:1, wanted 4.5:1). Try {shade}."]}
        )
    return colour


@transaction.atomic
def create_member(
    actor: Actor, organization: Organization, *, email: str, role: str, password: str, name: str = ""
) -> Member:
    """Adds a person; somebody who already has a sign-in keeps their password.

    Raises Invalid (email, role, name, password), PermissionDenied.
    """
    require_admin(actor)
    email = email.strip().lower()
    validate_field("email", validate_email, email, "Give a whole e-mail address.")
    if role not in Role.values:
        raise Invalid({"role": [f"Choose one of {', '.join(Role.values)}."]})
    require_rank(actor, role)
    user = User.objects.filter(email=email).first() or create_user(email, name, password)
    return join_organization(actor, organization, user, role=role)


def create_user(email: str, name: str, password: str) -> User:
    name = checked_name(name, LONGEST_NAME, may_be_empty=True)
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as error:
        raise Invalid({"password": error.messages}) from None
    return User.objects.create_user(email, password, name=name)


def validate_field(field: str, validator: object, value: str, wanted: str) -> None:
    try:
        validator(value)  # type: ignore[operator]  # each can be called
    except ValidationError:
        raise Invalid({field: [wanted]}) from None
