"""What the shell around every page shows: where one can go, and what everybody must know."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.functional import SimpleLazyObject
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from foundation.texts.number_format import format_numbers
from networks.models import Circuit, Profile, Restoration
from networks.notices import circuit_network_name
from networks.readiness import circuit_open_since, refusal_reason
from organizations.models import Member
from organizations.sign_in.account_access import is_own_account
from organizations.tenancy import scope
from publishing.queries.restoration_report import count_open_rows, has_open_rows, latest_restoration, restored_rows_for
from socialops.overview.my_work import COUNTED_PLACES
from teams.access import may_draft_anywhere, profiles_for
from teams.pauses.pause_banners import pause_banners

# group, items: (key, label, icon, address name); a label is translated where it is shown
NAVIGATION = (
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
MOST_BANNER_PROFILES = 1000  # profiles that are looked through for a banner
ADMINS_ONLY = {"audit"}
PROFILE_FACTS = ("state", "sandbox", "name", "pause")  # of a profile
RARE_FACTS = ("network", "sandbox", "silent_since", "refused", "doubted")


def build_shell(request: HttpRequest) -> dict[str, Any]:
    """Outside an organization: who may sign up. For a partial: only where one is, as htmx swaps the inside alone."""
    member: Member | None = getattr(request, "member", None)
    if member is None:
        return {"open_registration": settings.REGISTRATION == "open"}
    base = {
        "member": member,
        "organization": member.organization,
        "writes": SimpleLazyObject(lambda: may_draft_anywhere(member)),  # asked where a page offers to compose
    }
    if getattr(request, "htmx", False) and not request.htmx.boosted:  # type: ignore[attr-defined]  # set before a view begins
        return base
    facts = profile_facts(member)
    return base | {
        "writes": member.is_admin or any(drafts for *_others, drafts in facts),
        "organizations": [own.organization for own in request.memberships],  # type: ignore[attr-defined]  # set before a view begins
        "nav": build_navigation(request, member),
        "banners": list_banners(member, facts),
        "own_account": is_own_account(request),
    }


def build_navigation(request: HttpRequest, member: Member) -> list[dict[str, Any]]:
    slug = member.organization.slug
    groups = []
    for label, entries in NAVIGATION:
        items = [
            navigation_item(request, slug, *entry)
            for entry in entries
            if member.is_admin or entry[0] not in ADMINS_ONLY
        ]
        groups.append({"label": _(label), "items": items})
    return groups


def navigation_item(request: HttpRequest, slug: str, key: str, label: str, icon: str, name: str) -> dict[str, Any]:
    url = reverse(name, args=[slug])
    active = request.path == url or (key != "home" and request.path.startswith(url))
    return {"key": key, "label": _(label), "icon": icon, "url": url, "active": active, "counted": key in COUNTED_PLACES}


def silent_banner(member: Member, network: str, sandbox: bool, since: datetime, refused: str) -> dict[str, str]:
    """Posts wait by themselves and leave by themselves, so there is nothing to press."""
    clock = format_date(localtime(since, ZoneInfo(member.time_zone)), "D j M, H:i")
    words = {
        "network": circuit_network_name(network, sandbox=sandbox),
        "clock": clock,
        "zone": member.time_zone,
        "why": refused,
    }
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


def restored_banners(member: Member) -> list[dict[str, str]]:
    """Until everything that may have left is settled, or known to be another's to settle."""
    counts = count_open_rows(restored_rows_for(member))
    restoration = latest_restoration()
    if restoration is None or not any(counts.values()):
        return []
    clock = format_date(localtime(restoration.noticed_at, ZoneInfo(member.time_zone)), "D j M, H:i")
    text = _(
        "An older state of this installation came back on %(clock)s (%(zone)s). Of what may have left since it was "
        "saved: %(looked_for)s being looked for, %(waits)s waiting for somebody."
    ) % format_numbers({"clock": clock, "zone": member.time_zone, **counts})
    url = reverse("publishing:restored", args=[member.organization.slug])
    return [{"kind": "warning", "text": text, "action_url": url, "action_label": _("Look")}]


def has_rare_state() -> Q:
    """Whether any network is in trouble anywhere, or an older state ever came back: each profile is asked
    about that only then, as every page pays for the question."""
    return Exists(Circuit.objects.exclude(opened_at=None)) | Exists(Restoration.objects.all())


def rare_banners(member: Member, profiles: QuerySet[Profile]) -> list[dict[str, str]]:
    asked = profiles.annotate(
        silent_since=circuit_open_since(),
        refused=Coalesce(refusal_reason(), Value("")),
        doubted=has_open_rows(OuterRef("pk")),
    )
    facts = set(asked.values_list(*RARE_FACTS)[:MOST_BANNER_PROFILES])
    found = restored_banners(member) if any(doubted for *_others, doubted in facts) else []
    silent = sorted({tuple(how) for *how, _doubted in facts if how[2]})
    return found + [silent_banner(member, *which) for which in silent]


def profile_facts(member: Member) -> set[tuple[Any, ...]]:
    """FACTS of the profiles that the member can see; each says too whether anything is rare, and whether they may draft
    on any of all."""
    with scope(member.organization_id):  # an error's page is drawn after the gate has closed again
        asked = list_shell_profiles(member).annotate(
            rare=has_rare_state(), drafts=Exists(profiles_for(member, to="draft"))
        )
        return set(asked.values_list(*PROFILE_FACTS, "rare", "drafts")[:MOST_BANNER_PROFILES])


def list_shell_profiles(member: Member) -> QuerySet[Profile]:
    return profiles_for(member, to="view").order_by("-pause")  # what is paused is not cut off


def list_banners(member: Member, facts: set[tuple[Any, ...]] | None = None) -> list[dict[str, str]]:
    """Of what the member can see: what is paused, may have left before a restore, does not answer, must be reconnected,
    or is practice. `facts` where they are known already."""
    facts = profile_facts(member) if facts is None else facts
    with scope(member.organization_id):
        # pauses are asked for only where there may be one: on a profile, or of all where one sees none
        paused = not facts or any(pause for *_others, pause, _rare, _drafts in facts)
        found = pause_banners(member) if paused else []
        found += (
            rare_banners(member, list_shell_profiles(member)) if any(rare for *_others, rare, _drafts in facts) else []
        )
    url = reverse("profiles:list", args=[member.organization.slug])
    cut_off = sorted({name for state, _sandbox, name, *_others in facts if state == "disconnected"})
    if cut_off:
        text = _("%(names)s must be connected again: nothing leaves until then.") % {"names": ", ".join(cut_off[:3])}
        found.append({"kind": "warning", "text": text, "action_url": url, "action_label": _("Profiles")})
    if any(sandbox for _state, sandbox, *_others in facts):
        text = _("What goes to practice profiles stays on this server.")
        action = {"action_url": reverse("sandbox:index"), "action_label": _("Open the sandbox")}
        found.append({"kind": "sandbox", "text": text, **action})
    return found
