"""The organization's own levels."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.errors import Invalid
from foundation.overtaking import Overtaken
from organizations.auditing.overtaken_changes import Overtaking, overtaken_form, seen_in, since, standing
from organizations.configuration.settings_forms import show_errors
from organizations.gates import MemberRequest, admin_gate, member_gate
from teams.access import access_level
from teams.actions.levels import change_level, create_level, delete_level
from teams.forms import LevelForm
from teams.models import Level
from teams.queries.levels import choices
from teams.rights.verb_words import spelt


@member_gate
@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    rows = [{"level": level, "verbs": spelt(level.verbs)} for level in choices()]
    return render(request, "teams/levels.html", {"rows": rows})


@admin_gate
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: MemberRequest) -> HttpResponse:
    form = LevelForm(request.POST or None)
    if form.is_valid():
        try:
            level = create_level(request.member, name=form.cleaned_data["name"], verbs=form.cleaned_data["verbs"])
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            messages.success(request, _("The level “%s” can be given from now on.") % level.name)
            return to_list(request)
    return filled(request, form)


@admin_gate
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    level = access_level(request.member, pk)
    form = form_of(level, request.POST or None)
    if form.is_valid():
        try:
            change_level(request.member, level, **form.answers())
        except Invalid as invalid:
            show_errors(form, invalid)
        except Overtaken as error:
            return both(request, form, pk, error)
        else:
            messages.success(request, _("The level is changed. Rights that were given with it stay as they are."))
            return to_list(request)
    return filled(request, form, level)


@admin_gate
@require_POST
def delete(request: MemberRequest, pk: int) -> HttpResponse:
    level = access_level(request.member, pk)
    try:
        delete_level(request.member, level, seen=seen_in(request))
    except Overtaken as error:
        fresh = access_level(request.member, pk)
        told = Overtaking(since(seen_in(request), fresh))
        return filled(request, form_of(fresh), fresh, refusal=error.user_message, overtaking=told)
    messages.success(request, _("The level “%s” is gone. Rights that were given with it stay.") % level.name)
    return to_list(request)


def both(request: MemberRequest, form: LevelForm, pk: int, error: Overtaken) -> HttpResponse:
    """Somebody else has changed it meanwhile: both sides, and the form with the two merged."""
    fresh = access_level(request.member, pk)
    entries = since(seen_in(request), fresh)
    begun, told = overtaken_form(form, values_of(fresh), fresh.mark, entries, action=request.path, theirs=request.path)
    return filled(request, LevelForm(initial=begun), fresh, refusal=error.user_message, overtaking=told)


def values_of(level: Level) -> dict[str, Any]:
    return {"name": level.name, "verbs": level.verbs}


def form_of(level: Level, posted: QueryDict | None = None) -> LevelForm:
    return LevelForm(posted, initial=standing(values_of(level), level.mark))


def filled(request: MemberRequest, form: LevelForm, level: Level | None = None, **given: Any) -> HttpResponse:
    status = 422 if form.errors or given else 200
    return render(request, "teams/level_form.html", {"form": form, "level": level, **given}, status=status)


def to_list(request: MemberRequest) -> HttpResponse:
    return redirect("teams:levels", slug=request.member.organization.slug)
