"""Files that no post has taken go, for whoever uploaded them has forgotten them, and disks are not endless."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from foundation.database.purges import purge_in_batches
from publishing.models import Asset, Attachment

LOOK_BACK = timedelta(days=30)  # further: what is used is not looked at for ever


def purge_unused_files(at: datetime) -> int:
    """Removes what was uploaded so long ago and went with no revision of any post; how many files."""
    before = at - timedelta(days=settings.UNUSED_FILE_RETENTION_DAYS)
    return purge_in_batches(partial(purge_batch, before), size=100, batches=50)


def purge_batch(before: datetime, size: int) -> int:
    # unscoped: one purge serves every organization; index asset_oldest
    rows = Asset.unscoped.filter(created_at__gt=before - LOOK_BACK, created_at__lt=before)
    held = filter_unused(rows).order_by("created_at").select_for_update(of=("self",), skip_locked=True)[:size]
    # Asked again under the lock: from now on nobody can place one of them, but a moment ago somebody may have.
    assets = list(filter_unused(Asset.unscoped.filter(pk__in=[asset.pk for asset in held])))
    Asset.unscoped.filter(pk__in=[asset.pk for asset in assets]).delete()
    names = [name for asset in assets for name in asset.file_names]
    transaction.on_commit(partial(delete_files, names), robust=True)
    return len(assets)


def delete_files(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)


def filter_unused(rows: QuerySet[Asset]) -> QuerySet[Asset]:
    # unscoped: as the rows are
    return rows.filter(~Exists(Attachment.unscoped.filter(asset=OuterRef("pk"))))
