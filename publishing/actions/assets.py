"""Files for posts: taken in, described."""

from contextlib import ExitStack
from dataclasses import asdict
from typing import IO

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from foundation.errors import Invalid, PermissionDenied
from foundation.files.disk_space import catch_full_disk
from foundation.overtaking import Seen, refuse_overtaken
from organizations.actors import Actor
from organizations.auditing import audit
from organizations.models import Member
from organizations.tenancy import require_organization_id
from publishing.access import require_asset_access
from publishing.composing.threads import Original
from publishing.limits import alt_text_problems, normalize_alt_text
from publishing.media.originals import clean_original_name
from publishing.media.renditions import KeptFile, ReceivedFile, receive_file
from publishing.media.storage_quota import require_storage
from publishing.models import Asset
from publishing.models.asset import new_storage_name
from teams.access import profiles_for


@transaction.atomic
def upload_asset(actor: Actor, file: IO[bytes] | None, *, alt_text: str = "") -> Asset:
    """Keeps a picture or a video, told from its bytes, without the place where it was taken.

    A photo that not every network takes gets copies that they take, and is kept as it came beside them.
    Raises PermissionDenied for who may write for no profile, Invalid (file, alt_text), Busy, NoRoom, QuotaReached.
    """
    require_any_draft_right(actor)
    alt_text = checked_alt_text(alt_text)
    if file is None:
        raise Invalid({"file": [_("Choose a file.")]})
    with catch_full_disk():
        found = receive_file(file)
    asset = build_asset(actor, found, alt_text)
    require_storage(asset.bytes + asset.bytes_beside)
    with ExitStack() as undo:
        store_asset_files(undo, asset, found, getattr(file, "name", None) or "")
        asset.save()
        details = {"kind": asset.kind, "width": asset.width, "height": asset.height, "bytes": asset.bytes}
        audit.record(actor, "asset.created", asset, details)
        undo.pop_all()
    return asset


def build_asset(actor: Actor, found: ReceivedFile, alt_text: str) -> Asset:
    first = found.first
    beside = [*found.renditions, *([found.original] if found.original and not found.is_unchanged else ())]
    return Asset(
        organization_id=require_organization_id(),
        kind=first.found.kind,
        content_type=first.found.content_type,
        width=first.found.width,
        height=first.found.height,
        seconds=first.found.seconds,
        sha256=first.sha256,
        bytes=first.size,
        bytes_beside=sum(one.size for one in beside),
        alt_text=alt_text,
        author=actor if isinstance(actor, Member) else None,
    )


def store_asset_files(undo: ExitStack, asset: Asset, found: ReceivedFile, name: str) -> None:
    """Writes the files that are kept of it; `undo` takes them away again. `name` is that of the file as it came."""

    def write(one: KeptFile, folder: str = "assets") -> str:
        path = new_storage_name(asset.organization_id, one.found.content_type, folder)
        stored: str = default_storage.save(path, one.content)
        undo.callback(default_storage.delete, stored)
        return stored

    asset.file.name = write(found.first)
    asset.renditions = [asdict(one.stored_as(write(one))) for one in found.renditions]
    if original := found.original:
        what = original.found
        asset.original = asdict(
            Original(
                asset.file.name if found.is_unchanged else write(original, "originals"),
                clean_original_name(name, what.content_type),
                what.content_type,
                original.size,
                what.width,
                what.height,
            )
        )


@transaction.atomic
def describe_asset(actor: Actor, asset: Asset, *, alt_text: str, seen: Seen = None) -> Asset:
    """Other words for those who cannot see it, in posts to come: what was written before keeps its own.

    Raises Invalid (alt_text), PermissionDenied.
    """
    asset = Asset.objects.select_for_update(of=("self",)).get(pk=asset.pk)
    require_asset_access(actor, asset, "edit")
    refuse_overtaken(asset.mark, seen)
    before, alt_text = asset.alt_text, checked_alt_text(alt_text)
    if alt_text != before:
        asset.alt_text = alt_text
        asset.save(update_fields=["alt_text"])
        audit.record(actor, "asset.described", asset, {"alt_text": [before, alt_text]})
    return asset


def require_any_draft_right(actor: Actor) -> None:
    if not profiles_for(actor, to="draft").exists():
        raise PermissionDenied(_("You may not write for any profile, so there is nothing that a file could go with."))


def checked_alt_text(text: str) -> str:
    text = normalize_alt_text(text)
    if wrong := alt_text_problems(text):
        raise Invalid({"alt_text": wrong})
    return text
