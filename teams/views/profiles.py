"""Profiles: their health, what one may do there, and who else may do what."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from networks.actions.policy import set_needs_approval
from networks.actions.profiles import connect_profile
from networks.models import VERBS, Profile
from organizations.forms import show_errors
from organizations.gates import MemberRequest, admin_gate, member_gate
from socialops.lib.errors import AppError, Invalid
from teams.access import access_profile, profiles_for, verbs_on
from teams.actions.grants import set_grants
from teams.forms import CredentialsForm, GrantForm, PracticeForm
from teams.levels import LEVELS
from teams.queries.rights import Rights, may_grant, rights_on


@require_GET
@member_gate
def listing(request: MemberRequest) -> HttpResponse:
    profiles = list(profiles_for(request.member, to="view").order_by("name", "pk"))
    verbs = verbs_on(request.member, [profile.pk for profile in profiles])
    rows = [{"profile": profile, "can": in_order(verbs[profile.pk])} for profile in profiles]
    return render(request, "profiles/list.html", {"rows": rows})


@require_GET
@member_gate
def show(request: MemberRequest, pk: int) -> HttpResponse:
    return page(request, access_profile(request.member, pk, to="view"))


@require_POST
@member_gate
def change_rights(request: MemberRequest, pk: int) -> HttpResponse:
    """Stores the rows that differ from what stands; a leader's page also shows rows that are not theirs to change."""
    profile = access_profile(request.member, pk, to="view")
    rights = rights_on(profile)
    try:
        set_grants(request.member, profile, **wanted(request.POST, rights))
    except AppError as error:
        return page(request, profile, refused=error.user_message, posted=request.POST)
    messages.success(request, _("The rights are changed."))
    return to(request, profile)


@require_POST
@member_gate
def add_rights(request: MemberRequest, pk: int) -> HttpResponse:
    """Gives a level to a member or team that held nothing."""
    profile = access_profile(request.member, pk, to="view")
    rights = rights_on(profile)
    form = grant_form(rights, request.POST)
    if not form.is_valid():
        return page(request, profile, grant_form=form)
    holder = rights.holders[form.cleaned_data["holder"]]
    try:
        set_grants(request.member, profile, **{f"{holder.kind}s": {holder.pk: LEVELS[form.cleaned_data["level"]]}})
    except AppError as error:
        form.add_error(None, error.user_message)
        return page(request, profile, grant_form=form)
    messages.success(request, _("%s holds rights here now.") % holder.name)
    return to(request, profile)


@require_POST
@admin_gate
def policy(request: MemberRequest, pk: int) -> HttpResponse:
    profile = access_profile(request.member, pk, to="manage")
    set_needs_approval(request.member, profile, request.POST.get("needs_approval") == "on")
    messages.success(request, _("The rule for %s is changed.") % profile.name)
    return to(request, profile)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_gate
def connect(request: MemberRequest) -> HttpResponse:
    """Connects a profile, or renews the connection of one that is there. Asks the network who it is."""
    real = CredentialsForm(initial={"network": request.GET.get("network")}, prefix="real")
    practice = PracticeForm(prefix="practice") if settings.SANDBOX else None
    if request.method == "POST":
        asked = PracticeForm if "practice-network" in request.POST and practice else CredentialsForm
        form = asked(request.POST, prefix="practice" if asked is PracticeForm else "real")
        profile = connected(request, form)
        if profile:
            messages.success(request, _("%s is connected.") % profile.name)
            return to(request, profile)
        real, practice = (form, practice) if asked is CredentialsForm else (real, form)
    refused = bool(real.errors or (practice and practice.errors))
    return render(
        request, "profiles/connect.html", {"real": real, "practice": practice}, status=422 if refused else 200
    )


def connected(request: MemberRequest, form: PracticeForm | CredentialsForm) -> Profile | None:
    if not form.is_valid():
        return None
    try:
        return connect_profile(request.member, form.cleaned_data["network"], form.given())
    except Invalid as invalid:
        show_errors(form, invalid)
        return None


def wanted(posted: QueryDict, rights: Rights) -> dict[str, dict[int, list[str]]]:
    found: dict[str, dict[int, list[str]]] = {"members": {}, "teams": {}}
    for key in posted.getlist("row"):
        holder = rights.holders.get(key)
        chosen = posted.getlist(key)
        if holder and (set(chosen) | ({"view"} if chosen else set())) != holder.own:
            found[f"{holder.kind}s"][holder.pk] = chosen
    return found


def page(request: MemberRequest, profile: Profile, **given: Any) -> HttpResponse:
    rights = rights_on(profile)
    verbs = verbs_on(request.member, [profile.pk])[profile.pk]
    posted: QueryDict | None = given.get("posted")
    context = {
        "profile": profile,
        "can": in_order(verbs),
        "may_grant": may_grant(request.member, profile, verbs),
        "verbs": VERBS,
        "levels": [{"name": name, "verbs": in_order(held)} for name, held in LEVELS.items()],
        "rights": rights,
        "groups": groups(rights, posted),
        "grant_form": grant_form(rights),
        **given,
    }
    refused = bool(given)
    return render(request, "profiles/profile.html", context, status=422 if refused else 200)


def groups(rights: Rights, posted: QueryDict | None) -> list[dict[str, Any]]:
    """The grid; after a refusal with the ticks as they were posted."""
    found = []
    for label, holders in ((_("Teams"), rights.teams), (_("Members"), rights.members)):
        rows = []
        for holder in holders:
            ticked = set(posted.getlist(holder.key)) if posted else holder.own
            cells = [{"verb": verb, "on": verb in ticked, "through": via(holder, verb)} for verb in VERBS]
            rows.append({"holder": holder, "cells": cells})
        if rows:
            found.append({"label": label, "rows": rows})
    return found


def via(holder: Any, verb: str) -> str:
    """The teams through which a member holds the verb anyway."""
    return ", ".join(name for name, verbs in holder.through.items() if verb in verbs)


def grant_form(rights: Rights, posted: QueryDict | None = None) -> GrantForm:
    return GrantForm(posted, holders=[(holder.key, f"{holder.name} ({kind(holder)})") for holder in rights.others])


def kind(holder: Any) -> str:
    return _("team") if holder.kind == "team" else _("member")


def in_order(verbs: frozenset[str]) -> list[str]:
    return [verb for verb in VERBS if verb in verbs]


def to(request: MemberRequest, profile: Profile) -> HttpResponse:
    return redirect("profiles:profile", slug=request.member.organization.slug, pk=profile.pk)
