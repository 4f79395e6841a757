"""Who may do what with one profile: the grid, and what people change in it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foundation.errors import AppError, Conflict
from networks.models import PROFILE_VERBS, Profile
from organizations.gates import MemberRequest, member_gate, redirect_within
from teams.access import access_profile, verbs_on
from teams.actions.grants import set_grants
from teams.forms import GrantForm
from teams.queries.levels import LevelChoice, find_level_name, level_choices
from teams.queries.profile_connections import connected_at
from teams.queries.rights import Holder, Rights, rights_on
from teams.rights.change_words import RightsChange, describe_changes
from teams.rights.grant_policy import giver_on
from teams.rights.seen_cells import decode_holders, encode_verbs
from teams.rights.verb_words import VERB_WORDS, verb_names
from teams.views.undo_rights import undoable_rights_message


@member_gate
@require_POST
def change_rights(request: MemberRequest, pk: int) -> HttpResponse:
    """Stores the rows that differ from what was shown: a leader's page also shows what is not theirs to change."""
    profile = access_profile(request.member, pk, to="view")
    started_at = now()
    seen, before = decode_holders(request.POST.getlist("seen")), rights_on(profile)
    chosen = parse_wanted_grants(request.POST, before, seen)
    try:
        set_grants(request.member, profile, **chosen, seen=seen)
    except Conflict as conflict:
        return render_profile_page(
            request, profile, refused=conflict.user_message
        )  # with what stands, not with the old ticks
    except AppError as error:
        return render_profile_page(request, profile, refused=error.user_message, posted=request.POST)
    keys = [f"{kind.removesuffix('s')}-{pk}" for kind, holders in chosen.items() for pk in holders]
    messages.success(request, undoable_rights_message(request, describe_result(profile, keys, before), started_at))
    return redirect_within(request, "profiles:profile", profile.pk)


@member_gate
@require_POST
def add_rights(request: MemberRequest, pk: int) -> HttpResponse:
    """Gives a level to a member or team that held nothing."""
    profile = access_profile(request.member, pk, to="view")
    started_at, rights = now(), rights_on(profile)
    levels = level_choices()
    form = build_grant_form(rights, levels, request.POST)
    if not form.is_valid():
        return render_profile_page(request, profile, grant_form=form)
    holder = rights.holders[form.cleaned_data["holder"]]
    verbs = next(level.verbs for level in levels if level.key == form.cleaned_data["level"])
    try:
        given = {f"{holder.kind}s": {holder.pk: verbs}}
        set_grants(request.member, profile, **given, seen={holder.key: frozenset()})
    except AppError as error:
        form.add_error(None, error.user_message)
        return render_profile_page(request, profile, grant_form=form)
    messages.success(
        request, undoable_rights_message(request, describe_result(profile, [holder.key], rights), started_at)
    )
    return redirect_within(request, "profiles:profile", profile.pk)


def describe_result(profile: Profile, keys: list[str], before: Rights) -> str:
    """What those of these `keys` may do now that they could not before, or the other way about."""
    then, now = before.holders, rights_on(profile).holders
    changes = [RightsChange(now[key].name, profile.name, then[key].held, now[key].held) for key in keys if key in now]
    return describe_changes(changes) if changes else _("Nothing was changed.")


def parse_wanted_grants(
    posted: QueryDict, rights: Rights, seen: dict[str, frozenset[str]]
) -> dict[str, dict[int, list[str]]]:
    found: dict[str, dict[int, list[str]]] = {"members": {}, "teams": {}}
    for key in posted.getlist("row"):
        holder = rights.holders.get(key)
        chosen = posted.getlist(key)
        if holder and (set(chosen) | ({"view"} if chosen else set())) != seen.get(key, holder.own):
            found[f"{holder.kind}s"][holder.pk] = chosen
    return found


def render_profile_page(request: MemberRequest, profile: Profile, **given: Any) -> HttpResponse:
    """The profile's page; after a refusal as it was filled in, with 422."""
    rights = rights_on(profile)
    levels = level_choices()
    held = verbs_on(request.member, [profile.pk])[profile.pk]
    context = {
        "profile": profile,
        "can": verb_names(held),
        "connected_at": connected_at(profile),
        "may_manage": "manage" in held,
        "may_grant": giver_on(request.member, profile).any,
        "verbs": verb_names(PROFILE_VERBS),
        "levels": [{"name": level.name, "verbs": verb_names(level.verbs)} for level in levels],
        "rights": rights,
        "groups": grid_groups(rights, levels, given.get("posted")),
        "grant_form": build_grant_form(rights, levels),
        **given,
    }
    return render(request, "profiles/profile.html", context, status=422 if given else 200)


def grid_groups(rights: Rights, levels: list[LevelChoice], posted: QueryDict | None) -> list[dict[str, Any]]:
    named = ((_("Teams"), rights.teams), (_("Members"), rights.members))
    return [
        {"label": label, "rows": [grid_row(one, levels, posted) for one in holders]}
        for label, holders in named
        if holders
    ]


def grid_row(holder: Holder, levels: list[LevelChoice], posted: QueryDict | None) -> dict[str, Any]:
    """One line of the grid; after a refusal with the ticks as they were posted."""
    ticked = set(posted.getlist(holder.key)) if posted else holder.own
    shown = decode_holders(posted.getlist("seen")) if posted else {}
    cells = [
        {"verb": verb, "word": VERB_WORDS[verb], "on": verb in ticked, "through": ", ".join(holder.teams_giving(verb))}
        for verb in PROFILE_VERBS
    ]
    seen = f"{holder.key}:{encode_verbs(shown.get(holder.key, holder.own))}"
    return {"holder": holder, "level": find_level_name(holder.own, levels), "cells": cells, "seen": seen}


def build_grant_form(rights: Rights, levels: list[LevelChoice], posted: QueryDict | None = None) -> GrantForm:
    kinds = {"team": _("team"), "member": _("member")}
    holders = [(one.key, f"{one.name} ({kinds[one.kind]})") for one in rights.others]
    return GrantForm(posted, holders=holders, levels=[(level.key, level.name) for level in levels])
