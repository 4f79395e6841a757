"""Teams: who is in them, and what they are tasked with."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.errors import Invalid
from foundation.overtaking import Overtaken
from organizations.auditing.overtaken_changes import (
    Overtaking,
    entries_since,
    merge_overtaken_values,
    posted_mark,
    to_form_value,
)
from organizations.configuration.settings_forms import show_errors
from organizations.gates import MemberRequest, admin_gate, member_gate, redirect_within
from teams.access import access_team, is_leader_of
from teams.actions.teams import change_team, create_team, dissolve_team
from teams.forms import LedTeamForm, TeamForm, team_form_initial
from teams.models import Team
from teams.queries.teams import all_rosters, roster_of_team

FORM_METHODS = ["GET", "HEAD", "POST"]


@member_gate
@require_safe
def list_teams(request: MemberRequest) -> HttpResponse:
    return render(request, "teams/list.html", {"rosters": all_rosters(request.member)})


@member_gate
@require_safe
def show_team(request: MemberRequest, pk: int) -> HttpResponse:
    return render_team(request, access_team(request.member, pk))


def render_team(request: MemberRequest, team: Team, *, status: int = 200, **given: Any) -> HttpResponse:
    context = {
        "roster": roster_of_team(request.member, team),
        "may_change": is_leader_of(request.member, team),
        **given,
    }
    return render(request, "teams/team.html", context, status=status)


@admin_gate
@require_http_methods(FORM_METHODS)
def create_team_view(request: MemberRequest) -> HttpResponse:
    form = TeamForm(request.POST or None)
    if form.is_valid():
        try:
            team = create_team(request.member, **form.ids())
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            messages.success(request, _("The team “%s” is there.") % team.name)
            return redirect_within(request, "teams:team", team.pk)
    return render_team_form(request, form)


@member_gate
@require_http_methods(FORM_METHODS)
def edit_team(request: MemberRequest, pk: int) -> HttpResponse:
    team = access_team(request.member, pk, to="change")
    kind = TeamForm if request.member.is_admin else LedTeamForm
    form = kind(request.POST or None, initial=team_form_initial(team))
    if form.is_valid():
        try:
            change_team(request.member, team, **form.changes())
        except Invalid as invalid:
            show_errors(form, invalid)
        except Overtaken:
            return render_overtaken_team(request, form, access_team(request.member, pk))
        else:
            messages.success(request, _("The team is changed."))
            return redirect_within(request, "teams:team", team.pk)
    return render_team_form(request, form, team)


@admin_gate
@require_POST
def dissolve_team_view(request: MemberRequest, pk: int) -> HttpResponse:
    team = access_team(request.member, pk, to="change")
    try:
        dissolve_team(request.member, team, seen=posted_mark(request))
    except Overtaken:
        overtaking = Overtaking(entries_since(posted_mark(request), team))
        return render_team(request, access_team(request.member, pk), status=409, overtaking=overtaking)
    messages.success(request, _("The team “%s” is dissolved. Its people and profiles stay.") % team.name)
    return redirect_within(request, "teams:list")


def render_overtaken_team(request: MemberRequest, form: TeamForm, team: Team) -> HttpResponse:
    """Somebody else has put other words meanwhile where they were changed here: both sides, and the two merged."""
    now, base = team_form_initial(team), form.cleaned_data["seen"]
    values = {name: now[name] for name in form.fields if name != "seen"}
    begun, overtaking = merge_overtaken_values(
        form,
        values,
        {"seen": now["seen"]},
        entries_since(None, team),
        base={name: to_form_value(value) for name, value in base.items()},
        action=request.path,
        theirs=request.path,
    )
    return render_team_form(request, type(form)(initial=begun), team, overtaking=overtaking)


def render_team_form(request: MemberRequest, form: TeamForm, team: object = None, **given: Any) -> HttpResponse:
    status = 409 if given else 422 if form.errors else 200
    return render(request, "teams/form.html", {"form": form, "team": team, **given}, status=status)
