"""Tells admins that something should have left, and that it is over. Once for each time that it happens."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.texts.number_format import format_number
from networks.models import Outgoing
from networks.queries.queue import overdue_rows
from organizations.models import Notification, Organization
from organizations.notifications.notices import notify, settle_notices
from organizations.queries.people import list_admins
from organizations.tenancy import scope

OVERDUE_CAUSE = "outbox-overdue"
REMIND_AFTER = timedelta(hours=1)  # told once more where it goes on, or comes back, so much later


def watch_overdue_rows(now: datetime) -> None:
    """Looks at every organization."""
    # unscoped: one watch serves every organization
    late = overdue_rows(Outgoing.unscoped.all(), now).order_by().values("organization_id")
    found = {row["organization_id"]: row for row in late.annotate(count=Count("pk"), since=Min("due_at"))}
    notices = Notification.unscoped.filter(cause=OVERDUE_CAUSE, read_at=None)  # unscoped: as above
    for organization_id in {*found, *notices.values_list("organization_id", flat=True)}:
        with scope(organization_id):
            if row := found.get(organization_id):
                notify_overdue(row, now)
            else:
                settle_notices(OVERDUE_CAUSE)


def notify_overdue(late: Mapping[str, Any], now: datetime) -> None:
    """To the owners and admins, unless they know already."""
    if Notification.objects.filter(cause=OVERDUE_CAUSE, last_at__gte=min(late["since"], now - REMIND_AFTER)).exists():
        return
    organization = Organization.objects.get(pk=late["organization_id"])
    count = {"count": format_number(late["count"])}
    title = ngettext("%(count)s should have left and has not", "%(count)s should have left and have not", late["count"])
    notify(
        list_admins(),
        OVERDUE_CAUSE,
        kind="overdue",
        title=title % count,
        url=reverse("publishing:queue", args=[organization.slug]),
        about=_("Nothing known holds it: the background processes do not keep up. Nothing is lost."),
    )
