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
from foundation.texts.ids import parse_id, parse_ids
from networks.models import PROFILE_VERBS, Profile
from networks.registry import adapter_classes
from organizations.gates import MemberRequest, member_gate
from organizations.models import Member
from teams.access import profiles_for
from teams.actions.grants import RefusedGrant, set_many_grants
from teams.models import Team
from teams.queries.levels import LevelChoice, level_choices
from teams.queries.matrix import Cell, CellKey, Matrix, MatrixQuery, build_cells, build_matrix
from teams.queries.matrix_reach import Reach, reach_of_reader
from teams.rights.cell_marks import cell_renderer, render_rows
from teams.rights.change_words import RightsChange, describe_changes
from teams.rights.seen_cells import decode_rows
from teams.rights.verb_words import VERB_WORDS
from teams.views.undo_rights import undoable_rights_message

NO_RIGHTS_KEY = "none"
ID_PARAMETERS = ("team", "members_after", "members_before", "profiles_after", "profiles_before")


@member_gate
@require_http_methods(["GET", "HEAD", "POST"])
def show_matrix(request: MemberRequest) -> HttpResponse:
    shown = build_matrix(request.member, parse_matrix_query(request.GET))
    within = reach_of_reader(request.member, shown)
    if request.method == "POST":
        return apply_level(request, shown, within)
    return render_matrix(request, shown, within)


def apply_level(request: MemberRequest, shown: Matrix, within: Reach) -> HttpResponse:
    """Gives one level in every chosen cell: what a profile's rules refuse is told, the other profiles are stored."""
    started_at = now()
    level = verbs_of_level(request.POST.get("level", ""), level_choices())
    seen = decode_rows(request.POST.get("columns", ""), request.POST.getlist("seen"))
    chosen = chosen_cells(request.POST, within.open & seen.keys() if seen else within.open)
    if level is None or not chosen:
        refusal = (
            _("Choose a level.")
            if chosen
            else _("Tick at least one place in the table, a whole person or a whole profile.")
        )
        return render_matrix(request, shown, within, refusal=refusal)
    by_profile: dict[int, dict[int, frozenset[str]]] = defaultdict(dict)
    for member, profile in chosen:
        by_profile[profile][member] = level
    found = require_visible_profiles(request.member, by_profile)
    wanted_of = {profile: by_profile[profile.pk] for profile in found}
    refused = set_many_grants(request.member, wanted_of, seen=seen_by_profile(seen))
    stored = {profile: by_profile[profile.pk] for profile in found} | {one.profile: {} for one in refused}
    if changed := rights_changes(shown, stored):
        messages.success(request, undoable_rights_message(request, describe_changes(changed), started_at))
    if not refused:
        return redirect(request.get_full_path())
    again = build_matrix(request.member, parse_matrix_query(request.GET))
    return render_matrix(
        request, again, reach_of_reader(request.member, again), refused=refused, level=request.POST["level"]
    )


def rights_changes(shown: Matrix, stored: Mapping[Profile, Mapping[int, object]]) -> list[RightsChange]:
    """What the members of each profile could do when the page was drawn, and can now."""
    people = Member.objects.select_related("user").in_bulk({pk for members in stored.values() for pk in members})
    now = build_cells(people.values(), stored)
    return [
        RightsChange(
            people[pk].name,
            profile.name,
            shown.cells.get((pk, profile.pk), Cell()).verbs,
            now.get((pk, profile.pk), Cell()).verbs,
        )
        for profile, members in stored.items()
        for pk in members
        if pk in people
    ]


def seen_by_profile(seen: Mapping[CellKey, frozenset[str]]) -> dict[int, dict[str, frozenset[str]]]:
    found: dict[int, dict[str, frozenset[str]]] = defaultdict(dict)
    for (member, profile), verbs in seen.items():
        found[profile][f"member-{member}"] = verbs
    return found


def require_visible_profiles(member: Member, ids: Any) -> list[Profile]:
    found = list(profiles_for(member, to="view").filter(pk__in=list(ids)))
    if len(found) != len(ids):
        raise NotFound
    return found


def verbs_of_level(key: str, levels: list[LevelChoice]) -> frozenset[str] | None:
    if key == NO_RIGHTS_KEY:
        return frozenset()
    return next((level.verbs for level in levels if level.key == key), None)


def chosen_cells(posted: QueryDict, open_: set[CellKey]) -> set[CellKey]:
    """The cells that were ticked, and of ticked rows and columns those that may be changed."""
    rows, columns = set(parse_ids(posted.getlist("row"))), set(parse_ids(posted.getlist("column")))
    found = {at for at in open_ if at[0] in rows or at[1] in columns}
    for value in posted.getlist("cell"):
        member, _dash, profile = value.partition("-")
        if (first := parse_id(member)) and (second := parse_id(profile)):
            found.add((first, second))
    return found


def parse_matrix_query(params: QueryDict) -> MatrixQuery:
    """What makes no sense is passed over."""
    keys = {key: parse_id(params.get(key)) for key in ID_PARAMETERS}
    q = params.get("q", "").replace("\0", "").strip()[:100]
    return MatrixQuery(network=params.get("network", "").replace("\0", "")[:20], q=q, **keys)


def render_matrix(
    request: MemberRequest,
    shown: Matrix,
    within: Reach,
    *,
    refused: list[RefusedGrant] | None = None,
    refusal: str = "",
    level: str = "",
) -> HttpResponse:
    levels = level_choices()
    verb = request.GET.get("verb", "")
    verb = verb if verb in PROFILE_VERBS else "publish"
    profiles = [profile.pk for profile in shown.profiles.rows]
    some = {pk for _member, pk in within.open}
    context = {
        "matrix": shown,
        "rows": render_rows(
            shown.members.rows, profiles, dict(shown.cells), within.open, cell_renderer(levels, verb, within)
        ),
        "columns": [{"profile": profile, "open": profile.pk in some} for profile in shown.profiles.rows],
        "may_change": bool(within.open),
        "levels": levels,
        "level": level,
        "verb": verb,
        "verbs": [(name, VERB_WORDS[name]) for name in PROFILE_VERBS],
        "asked": parse_matrix_query(request.GET),
        "teams": Team.objects.order_by("name").only("name"),
        "networks": [(one.network, one.label) for one in adapter_classes()],
        "refused": refused or [],
        "refusal": refusal,
    }
    return render(request, "teams/rights.html", context, status=422 if refused or refusal else 200)
