"""Tells owners that a quota is nearly used up, and that it is; settles what is over."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from foundation.texts.number_format import format_numbers
from organizations.configuration.quotas import QuotaUse, quota_uses
from organizations.models import Member, Notification, Organization, Role
from organizations.notifications.notices import notify, settle_notices
from organizations.tenancy import scope

REPEAT_AFTER = timedelta(days=7)  # where it goes on


def watch_quotas(now: datetime) -> None:
    """Looks at every organization."""
    for organization in Organization.objects.order_by("pk").iterator(chunk_size=200):
        with scope(organization):
            for use in quota_uses(organization):
                watch_quota(organization, use, now)


def watch_quota(organization: Organization, use: QuotaUse, now: datetime) -> None:
    near, full = f"quota-near-{use.quota.name}", f"quota-full-{use.quota.name}"
    if not use.is_near:
        if Notification.objects.filter(cause__in=(near, full), read_at=None).exists():
            settle_notices(near, full)
        return
    cause = full if use.percent == 100 else near
    if Notification.objects.filter(cause=cause, last_at__gte=now - REPEAT_AFTER).exists():
        return
    values = {"label": use.quota.label, "percent": use.percent, "says": use.warning}
    notify(
        Member.objects.filter(role=Role.OWNER).select_related("user", "organization"),
        cause,
        kind="quota",
        title=_("%(label)s: %(percent)s %% is used, %(says)s") % format_numbers(values),
        url=reverse("organizations:settings", args=[organization.slug]),
        about=str(use.quota.full),
    )
