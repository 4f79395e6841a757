"""Grants at a glance: members by profiles, and many changed at once."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation.errors import NotFound
from networks.models import VERBS, Profile
from networks.registry import networks
from organizations.gates import MemberRequest, member_gate
from organizations.models import Member
from teams.access import profiles_for
from teams.actions.grants import Refused, set_many_grants
from teams.models import Team
from teams.queries.levels import Choice, choices
from teams.queries.matrix import At, Cell, Matrix, Wanted, cells, matrix
from teams.queries.reach import Reach, reach
from teams.rights.cell_marks import drawer, drawn_rows
from teams.rights.change_words import Change, told
from teams.rights.seen_cells import read_rows
from teams.rights.verb_words import VERB_WORDS
from teams.views.undo_rights import rights_told

NO_RIGHTS = "none"
KEYS = ("team", "members_after", "members_before", "profiles_after", "profiles_before")


@member_gate
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: MemberRequest) -> HttpResponse:
    shown = matrix(request.member, wanted(request.GET))
    within = reach(request.member, shown)
    if request.method == "POST":
        return apply(request, shown, within)
    return drawn(request, shown, within)


def apply(request: MemberRequest, shown: Matrix, within: Reach) -> HttpResponse:
    """Gives one level in every chosen cell: what a profile's rules refuse is told, the other profiles are stored."""
    began = now()
    level = level_of(request.POST.get("level", ""), choices())
    seen = read_rows(request.POST.get("columns", ""), request.POST.getlist("seen"))
    chosen = chosen_cells(request.POST, within.open & seen.keys() if seen else within.open)
    if level is None or not chosen:
        refusal = (
            _("Choose a level.")
            if chosen
            else _("Tick at least one place in the table, a whole person or a whole profile.")
        )
        return drawn(request, shown, within, refusal=refusal)
    by_profile: dict[int, dict[int, frozenset[str]]] = defaultdict(dict)
    for member, profile in chosen:
        by_profile[profile][member] = level
    found = visible(request.member, by_profile)
    wanted_of = {profile: by_profile[profile.pk] for profile in found}
    refused = set_many_grants(request.member, wanted_of, seen=by_holder(seen))
    stored = {profile: by_profile[profile.pk] for profile in found} | {one.profile: {} for one in refused}
    if changed := changes(shown, stored):
        messages.success(request, rights_told(request, told(changed), began))
    if not refused:
        return redirect(request.get_full_path())
    again = matrix(request.member, wanted(request.GET))
    return drawn(request, again, reach(request.member, again), refused=refused, level=request.POST["level"])


def changes(shown: Matrix, stored: Mapping[Profile, Mapping[int, object]]) -> list[Change]:
    """What the members of each profile could do when the page was drawn, and can now."""
    people = Member.objects.select_related("user").in_bulk({pk for members in stored.values() for pk in members})
    now = cells(people.values(), stored)
    return [
        Change(
            people[pk].name,
            profile.name,
            shown.cells.get((pk, profile.pk), Cell()).verbs,
            now.get((pk, profile.pk), Cell()).verbs,
        )
        for profile, members in stored.items()
        for pk in members
        if pk in people
    ]


def by_holder(seen: Mapping[At, frozenset[str]]) -> dict[int, dict[str, frozenset[str]]]:
    found: dict[int, dict[str, frozenset[str]]] = defaultdict(dict)
    for (member, profile), verbs in seen.items():
        found[profile][f"member-{member}"] = verbs
    return found


def visible(member: Member, ids: Any) -> list[Profile]:
    found = list(profiles_for(member, to="view").filter(pk__in=list(ids)))
    if len(found) != len(ids):
        raise NotFound
    return found


def level_of(key: str, levels: list[Choice]) -> frozenset[str] | None:
    if key == NO_RIGHTS:
        return frozenset()
    return next((level.verbs for level in levels if level.key == key), None)


def chosen_cells(posted: QueryDict, open_: set[At]) -> set[At]:
    """The cells that were ticked, and of ticked rows and columns those that may be changed."""
    rows, columns = numbers(posted.getlist("row")), numbers(posted.getlist("column"))
    found = {at for at in open_ if at[0] in rows or at[1] in columns}
    for value in posted.getlist("cell"):
        member, _dash, profile = value.partition("-")
        if (first := number(member)) and (second := number(profile)):
            found.add((first, second))
    return found


def numbers(values: list[str]) -> set[int]:
    return {found for value in values if (found := number(value))}


def number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 19 else None


def wanted(params: QueryDict) -> Wanted:
    """What makes no sense is passed over."""
    keys = {key: number(params.get(key)) for key in KEYS}
    q = params.get("q", "").replace("\0", "").strip()[:100]
    return Wanted(network=params.get("network", "").replace("\0", "")[:20], q=q, **keys)


def drawn(
    request: MemberRequest,
    shown: Matrix,
    within: Reach,
    *,
    refused: list[Refused] | None = None,
    refusal: str = "",
    level: str = "",
) -> HttpResponse:
    levels = choices()
    verb = request.GET.get("verb", "")
    verb = verb if verb in VERBS else "publish"
    profiles = [profile.pk for profile in shown.profiles.rows]
    some = {pk for _member, pk in within.open}
    context = {
        "matrix": shown,
        "rows": drawn_rows(shown.members.rows, profiles, dict(shown.cells), within.open, drawer(levels, verb, within)),
        "columns": [{"profile": profile, "open": profile.pk in some} for profile in shown.profiles.rows],
        "may_change": bool(within.open),
        "levels": levels,
        "level": level,
        "verb": verb,
        "verbs": [(name, VERB_WORDS[name]) for name in VERBS],
        "asked": wanted(request.GET),
        "teams": Team.objects.order_by("name").only("name"),
        "networks": [(one.network, one.label) for one in networks()],
        "refused": refused or [],
        "refusal": refusal,
    }
    return render(request, "teams/rights.html", context, status=422 if refused or refusal else 200)
