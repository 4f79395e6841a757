"""The organization's picture."""

import secrets

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from foundation.errors import Invalid
from foundation.overtaking import Seen, refuse_overtaken
from foundation.texts.numbers import spelt_number
from organizations.access import require_admin
from organizations.actors import Actor
from organizations.auditing import audit
from organizations.configuration.images import Image, read_image
from organizations.models import Organization

MOST_BYTES = 512_000
SIDES = range(16, 4097)  # pixels
SUFFIXES = {"png": "png", "jpeg": "jpg", "webp": "webp"}


@transaction.atomic
def set_logo(actor: Actor, organization: Organization, *, content: bytes, seen: Seen = None) -> Organization:
    """Takes a PNG, JPEG or WebP of at most 512 kB, told from its bytes. Raises Invalid (logo), PermissionDenied.

    The file has a new name each time, so browsers may keep it; the one before goes once this is committed.
    """
    require_admin(actor)
    image = checked_image(content)
    before = held_logo(organization, seen)
    name = f"logos/{organization.pk}-{secrets.token_hex(8)}.{SUFFIXES[image.kind]}"
    organization.logo.name = default_storage.save(name, ContentFile(content))
    organization.save(update_fields=["logo"])
    told = f"{image.kind}, {spelt_number(image.width)} × {spelt_number(image.height)}"
    audit.record(actor, "organization.logo_changed", organization, {"logo": ["one" if before else "", told]})
    forget(before)
    return organization


@transaction.atomic
def remove_logo(actor: Actor, organization: Organization, *, seen: Seen = None) -> Organization:
    """Back to the initials. Nothing happens where there is no logo. Raises PermissionDenied."""
    require_admin(actor)
    before = held_logo(organization, seen)
    if before:
        organization.logo.name = ""
        organization.save(update_fields=["logo"])
        audit.record(actor, "organization.logo_removed", organization, {"logo": ["one", ""]})
        forget(before)
    return organization


def held_logo(organization: Organization, seen: Seen) -> str:
    """The file that stands now; until the transaction ends nobody else changes it. Raises Overtaken."""
    standing = Organization.objects.select_for_update().get(pk=organization.pk)
    refuse_overtaken(standing.logo_mark, seen)
    return standing.logo.name or ""


def forget(name: str) -> None:
    if name:
        transaction.on_commit(lambda: default_storage.delete(name), robust=True)


def checked_image(content: bytes) -> Image:
    if len(content) > MOST_BYTES:
        raise Invalid({"logo": ["Choose a picture of at most 512 kB."]})
    image = read_image(content)
    if image is None:
        raise Invalid({"logo": ["Choose a PNG, JPEG or WebP picture."]})
    if image.width not in SIDES or image.height not in SIDES:
        raise Invalid({"logo": ["Choose a picture of 16 to 4,096 pixels on each side."]})
    return image
