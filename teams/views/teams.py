"""Teams: who is in them, and what they are tasked with."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.errors import Invalid
from foundation.overtaking import Overtaken
from organizations.auditing.overtaken_changes import Overtaking, overtaken, plain, seen_in, since
from organizations.configuration.settings_forms import show_errors
from organizations.gates import MemberRequest, admin_gate, member_gate
from teams.access import access_team, leads
from teams.actions.teams import change_team, create_team, dissolve_team
from teams.forms import LedTeamForm, TeamForm, initial_of
from teams.models import Team
from teams.queries.teams import all_rosters, one_roster

FORM_METHODS = ["GET", "HEAD", "POST"]


@member_gate
@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    return render(request, "teams/list.html", {"rosters": all_rosters(request.member)})


@member_gate
@require_safe
def show(request: MemberRequest, pk: int) -> HttpResponse:
    return shown(request, access_team(request.member, pk))


def shown(request: MemberRequest, team: Team, *, status: int = 200, **given: Any) -> HttpResponse:
    context = {"roster": one_roster(request.member, team), "may_change": leads(request.member, team), **given}
    return render(request, "teams/team.html", context, status=status)


@admin_gate
@require_http_methods(FORM_METHODS)
def create(request: MemberRequest) -> HttpResponse:
    form = TeamForm(request.POST or None)
    if form.is_valid():
        try:
            team = create_team(request.member, **form.ids())
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            messages.success(request, _("The team “%s” is there.") % team.name)
            return to(request, team.pk)
    return filled(request, form)


@member_gate
@require_http_methods(FORM_METHODS)
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    team = access_team(request.member, pk, to="change")
    kind = TeamForm if request.member.is_admin else LedTeamForm
    form = kind(request.POST or None, initial=initial_of(team))
    if form.is_valid():
        try:
            change_team(request.member, team, **form.changes())
        except Invalid as invalid:
            show_errors(form, invalid)
        except Overtaken:
            return both(request, form, access_team(request.member, pk))
        else:
            messages.success(request, _("The team is changed."))
            return to(request, team.pk)
    return filled(request, form, team)


@admin_gate
@require_POST
def dissolve(request: MemberRequest, pk: int) -> HttpResponse:
    team = access_team(request.member, pk, to="change")
    try:
        dissolve_team(request.member, team, seen=seen_in(request))
    except Overtaken:
        told = Overtaking(since(seen_in(request), team))
        return shown(request, access_team(request.member, pk), status=409, overtaking=told)
    messages.success(request, _("The team “%s” is dissolved. Its people and profiles stay.") % team.name)
    return redirect("teams:list", slug=request.member.organization.slug)


def both(request: MemberRequest, form: TeamForm, team: Team) -> HttpResponse:
    """Somebody else has put other words meanwhile where they were changed here: both sides, and the two merged."""
    now, base = initial_of(team), form.cleaned_data["seen"]
    values = {name: now[name] for name in form.fields if name != "seen"}
    begun, told = overtaken(
        form,
        values,
        {"seen": now["seen"]},
        since(None, team),
        base={name: plain(value) for name, value in base.items()},
        action=request.path,
        theirs=request.path,
    )
    return filled(request, type(form)(initial=begun), team, overtaking=told)


def filled(request: MemberRequest, form: TeamForm, team: object = None, **given: Any) -> HttpResponse:
    status = 409 if given else 422 if form.errors else 200
    return render(request, "teams/form.html", {"form": form, "team": team, **given}, status=status)


def to(request: MemberRequest, pk: int) -> HttpResponse:
    return redirect("teams:team", slug=request.member.organization.slug, pk=pk)
