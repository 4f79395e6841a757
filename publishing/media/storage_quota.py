"""What an organization's files take up: one sum over the index asset_kept."""

from django.conf import settings
from django.db import connection
from django.db.models import F, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organizations.configuration.quotas import Quota, QuotaReached, quota_limit, register_quota
from organizations.models import Organization
from organizations.tenancy import require_organization_id
from publishing.models import Asset

GB = 1_000_000_000
UPLOAD_LOCK = 0x50C1A2  # of the advisory locks that keep two uploads of one organization apart


def register_quotas() -> None:
    register_quota(
        Quota(
            "storage",
            gettext_lazy("Files of posts"),
            lambda: settings.STORAGE_GB * GB,
            lambda organization: used_bytes(),
            format_gigabytes,
            gettext_lazy("No more files are taken; posts without new ones go on."),
            place=1,
        )
    )


def used_bytes() -> int:
    """Of the organization in scope."""
    return int(Asset.objects.aggregate(sum=Sum(F("bytes") + F("bytes_beside")))["sum"] or 0)


def require_storage(more: int) -> None:
    """To be asked right before so many bytes are kept: until the transaction ends nobody else of the organization adds.

    Raises QuotaReached.
    """
    organization = Organization.objects.get(pk=require_organization_id())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [UPLOAD_LOCK, organization.pk % 2**31])
    taken, limit = used_bytes(), quota_limit(organization, "storage")
    if taken + more > limit:
        facts = {"use": format_gigabytes(taken, limit)}
        sentence = _(
            "Your organization has used %(use)s for files, so this one was not kept. Your text is kept. "
            "Ask an owner to talk to whoever runs this server."
        )
        raise QuotaReached(sentence % facts, status=507)


def format_gigabytes(taken: int, limit: int) -> str:
    """3.2 of 20 GB"""
    return _("%(used)s of %(limit)s GB") % {"used": f"{taken / GB:,.1f}", "limit": f"{limit / GB:,.10g}"}
