"""The organization's picture."""

import secrets

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from foundation.errors import Invalid
from foundation.overtaking import Seen, refuse_overtaken
from foundation.texts.number_format import format_number
from organizations.access import require_admin
from organizations.actors import Actor
from organizations.auditing import audit
from organizations.configuration.logo_pictures import LogoPicture, inspect_logo
from organizations.models import Organization

MOST_LOGO_BYTES = 512_000
SUFFIXES = {"png": "png", "jpeg": "jpg", "webp": "webp"}


@transaction.atomic
def set_logo(actor: Actor, organization: Organization, *, content: bytes, seen: Seen = None) -> Organization:
    """Takes a PNG, JPEG or WebP of at most 512 kB, told from its bytes. Raises Invalid (logo), PermissionDenied.

    The file has a new name each time, so browsers may keep it; the one before goes once this is committed.
    """
    require_admin(actor)
    image = checked_image(content)
    before = lock_current_logo(organization, seen)
    name = f"logos/{organization.pk}-{secrets.token_hex(8)}.{SUFFIXES[image.kind]}"
    organization.logo.name = default_storage.save(name, ContentFile(content))
    organization.save(update_fields=["logo"])
    description = f"{image.kind}, {format_number(image.width)} × {format_number(image.height)}"
    audit.record(actor, "organization.logo_changed", organization, {"logo": ["one" if before else "", description]})
    delete_on_commit(before)
    return organization


@transaction.atomic
def remove_logo(actor: Actor, organization: Organization, *, seen: Seen = None) -> Organization:
    """Back to the initials. Nothing happens where there is no logo. Raises PermissionDenied."""
    require_admin(actor)
    before = lock_current_logo(organization, seen)
    if before:
        organization.logo.name = ""
        organization.save(update_fields=["logo"])
        audit.record(actor, "organization.logo_removed", organization, {"logo": ["one", ""]})
        delete_on_commit(before)
    return organization


def lock_current_logo(organization: Organization, seen: Seen) -> str:
    """The file that stands now; until the transaction ends nobody else changes it. Raises Overtaken."""
    current = Organization.objects.select_for_update().get(pk=organization.pk)
    refuse_overtaken(current.logo_mark, seen)
    return current.logo.name or ""


def delete_on_commit(name: str) -> None:
    if name:
        transaction.on_commit(lambda: default_storage.delete(name), robust=True)


def checked_image(content: bytes) -> LogoPicture:
    if len(content) > MOST_LOGO_BYTES:
        raise Invalid({"logo": ["Choose a picture of at most 512 kB."]})
    return inspect_logo(content)
