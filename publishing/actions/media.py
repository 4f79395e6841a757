"""Files for posts: taken in, described."""

import hashlib
from contextlib import ExitStack
from typing import IO

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from networks.contract import MediaKind
from networks.registry import networks
from organizations import audit
from organizations.actors import Actor
from organizations.models import Member
from organizations.tenancy import require_organization_id
from publishing.access import require_asset
from publishing.files import Found, cleaned, read
from publishing.limits import describable, spelt_bytes
from publishing.models import Asset
from socialops.lib.errors import Invalid, PermissionDenied
from teams.access import profiles_for

PIECE = 1_048_576


@transaction.atomic
def upload_asset(actor: Actor, file: IO[bytes] | None, *, alt_text: str = "") -> Asset:
    """Keeps a picture or a video, told from its bytes; a photo without the place where it was taken.

    Raises PermissionDenied for who may write for no profile, Invalid (file, alt_text).
    """
    require_writer(actor)
    alt_text = checked_alt_text(alt_text)
    if file is None:
        raise Invalid({"file": [_("Choose a file.")]})
    found = read(file)
    content = cleaned(file, found)
    sha256, size = fingerprint(content, found)
    asset = Asset(
        organization_id=require_organization_id(),
        kind=found.kind,
        content_type=found.content_type,
        width=found.width,
        height=found.height,
        seconds=found.seconds,
        sha256=sha256,
        bytes=size,
        alt_text=alt_text,
        author=actor if isinstance(actor, Member) else None,
    )
    with ExitStack() as undo:
        asset.file.save("", content if isinstance(content, File) else File(content), save=False)
        undo.callback(default_storage.delete, str(asset.file.name))
        asset.save()
        told = {"kind": asset.kind, "width": asset.width, "height": asset.height, "bytes": asset.bytes}
        audit.record(actor, "asset.created", asset, told)
        undo.pop_all()
    return asset


@transaction.atomic
def describe_asset(actor: Actor, asset: Asset, *, alt_text: str) -> Asset:
    """Other words for those who cannot see it, in posts to come: what was written before keeps its own.

    Raises Invalid (alt_text), PermissionDenied.
    """
    asset = Asset.objects.select_for_update(of=("self",)).get(pk=asset.pk)
    require_asset(actor, asset, "edit")
    before, alt_text = asset.alt_text, checked_alt_text(alt_text)
    if alt_text != before:
        asset.alt_text = alt_text
        asset.save(update_fields=["alt_text"])
        audit.record(actor, "asset.described", asset, {"alt_text": [before, alt_text]})
    return asset


def require_writer(actor: Actor) -> None:
    if not profiles_for(actor, to="draft").exists():
        raise PermissionDenied(_("You may not write for any profile, so there is nothing that a file could go with."))


def checked_alt_text(text: str) -> str:
    if wrong := describable(text):
        raise Invalid({"alt_text": wrong})
    return text.strip()


def fingerprint(content: IO[bytes], found: Found) -> tuple[str, int]:
    """SHA-256 and length of what will be kept, read piece by piece. Raises Invalid (file) where it is too long."""
    most, seen, size = most_bytes(found.kind), hashlib.sha256(), 0
    content.seek(0)
    while piece := content.read(PIECE):
        seen.update(piece)
        size += len(piece)
        if size > most:
            raise Invalid({"file": [too_large(most)]})
    return seen.hexdigest(), size


def too_large(most: int) -> str:
    if not most:
        return _("No network takes such a file from here.")
    return _("The file is too large: no network takes more than %s.") % spelt_bytes(most)


def most_bytes(kind: MediaKind | None = None) -> int:
    """The largest file that any network takes, of that kind or at all."""
    limits = [limit for adapter in networks() for limit in adapter.capabilities.media.items()]
    return max((limit.most_bytes for one, limit in limits if kind in (None, one)), default=0)
