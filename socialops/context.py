"""What the shell around every page shows: where one can go, and what everybody must know."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from networks.notices import called
from networks.outbox.circuits import open_since, refusal
from organizations.models import Member
from organizations.tenancy import scope
from teams.access import profiles_for
from teams.banners import pause_banners

# group, items: (key, label, icon, address name); a label is translated where it is shown
NAV = (
    (
        gettext_noop("Work"),
        (
            ("home", gettext_noop("Home"), "house", "home"),
            ("inbox", gettext_noop("Inbox"), "inbox", "inbox:list"),
            ("calendar", gettext_noop("Calendar"), "calendar-days", "publishing:calendar"),
            ("posts", gettext_noop("Posts"), "list", "publishing:posts"),
            ("approvals", gettext_noop("Approvals"), "circle-check-big", "publishing:approvals"),
            ("tasks", gettext_noop("Tasks"), "list-todo", "tasks:list"),
        ),
    ),
    (gettext_noop("Measure"), (("analytics", gettext_noop("Analytics"), "chart-column", "analytics:overview"),)),
    (
        gettext_noop("Run"),
        (
            ("teams", gettext_noop("Teams"), "users", "teams:list"),
            ("profiles", gettext_noop("Profiles"), "at-sign", "profiles:list"),
            ("pauses", gettext_noop("Pause"), "octagon-pause", "pauses:page"),
            ("activity", gettext_noop("Activity"), "activity", "activity"),
            ("audit", gettext_noop("Audit"), "scroll-text", "organizations:audit"),
            ("settings", gettext_noop("Settings"), "settings", "organizations:settings"),
        ),
    ),
)
MOST = 1000  # profiles that are looked through for a banner
ADMINS_ONLY = {"audit"}


def shell(request: HttpRequest) -> dict[str, Any]:
    """Outside an organization: who may sign up. For a partial: only where one is, as htmx swaps the inside alone."""
    member: Member | None = getattr(request, "member", None)
    if member is None:
        return {"open_registration": settings.REGISTRATION == "open"}
    here = {"member": member, "organization": member.organization}
    if getattr(request, "htmx", False) and not request.htmx.boosted:  # type: ignore[attr-defined]
        return here
    return here | {
        "organizations": [own.organization for own in request.memberships],  # type: ignore[attr-defined]
        "nav": navigation(request, member),
        "banners": banners(member),
    }


def navigation(request: HttpRequest, member: Member) -> list[dict[str, Any]]:
    slug = member.organization.slug
    groups = []
    for label, entries in NAV:
        items = [item(request, slug, *entry) for entry in entries if member.is_admin or entry[0] not in ADMINS_ONLY]
        groups.append({"label": _(label), "items": items})
    return groups


def item(request: HttpRequest, slug: str, key: str, label: str, icon: str, name: str) -> dict[str, Any]:
    url = reverse(name, args=[slug])
    active = request.path == url or (key != "home" and request.path.startswith(url))
    return {"key": key, "label": _(label), "icon": icon, "url": url, "active": active}


def silent_banner(member: Member, network: str, sandbox: bool, since: datetime, refused: str) -> dict[str, str]:
    """Posts wait by themselves and leave by themselves, so there is nothing to press."""
    clock = format_date(localtime(since, ZoneInfo(member.time_zone)), "D j M, H:i")
    words = {"network": called(network, sandbox=sandbox), "clock": clock, "zone": member.time_zone, "why": refused}
    text = _(
        "%(network)s has not answered since %(clock)s (%(zone)s). What is planned there waits, and leaves by itself "
        "once it answers again."
    )
    if refused:
        text = _(
            "%(network)s takes nothing from our app since %(clock)s (%(zone)s): %(why)s What is planned there waits, "
            "and leaves by itself once that is put right."
        )
    return {"kind": "warning", "text": text % words}


def banners(member: Member) -> list[dict[str, str]]:
    """Of what the member can see: what is paused, does not answer, must be reconnected, or is practice."""
    with scope(member.organization_id):  # an error's page is drawn after the gate has closed again
        profiles = profiles_for(member, to="view").order_by("-pause")  # what is paused is not cut off
        asked = profiles.annotate(silent_since=open_since(), refused=Coalesce(refusal(), Value("")))
        facts = set(asked.values_list("state", "sandbox", "name", "pause", "network", "silent_since", "refused")[:MOST])
        # pauses are asked for only where there may be one: on a profile, or of all where one sees none
        paused = not facts or any(pause for _state, _sandbox, _name, pause, *_others in facts)
        found = pause_banners(member) if paused else []
    url = reverse("profiles:list", args=[member.organization.slug])
    silent = {(network, sandbox, *how) for _state, sandbox, _name, _pause, network, *how in facts if how[0]}
    found += [silent_banner(member, *which) for which in sorted(silent)]
    cut_off = sorted({name for state, _sandbox, name, *_others in facts if state == "disconnected"})
    if cut_off:
        text = _("%(names)s must be connected again: nothing leaves until then.") % {"names": ", ".join(cut_off[:3])}
        found.append({"kind": "warning", "text": text, "action_url": url, "action_label": _("Profiles")})
    if any(sandbox for _state, sandbox, *_others in facts):
        text = _("What goes to practice profiles stays on this server.")
        action = {"action_url": reverse("sandbox:index"), "action_label": _("Open the sandbox")}
        found.append({"kind": "sandbox", "text": text, **action})
    return found
