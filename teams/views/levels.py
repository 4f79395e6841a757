"""The organization's own levels."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.errors import Invalid
from foundation.overtaking import Overtaken
from organizations.auditing.overtaken_changes import (
    Overtaking,
    entries_since,
    initial_with_mark,
    merge_overtaken_form,
    posted_mark,
)
from organizations.configuration.settings_forms import show_errors
from organizations.gates import MemberRequest, admin_gate, member_gate, redirect_within
from teams.access import access_level
from teams.actions.levels import change_level, create_level, delete_level
from teams.forms import LevelForm
from teams.models import Level
from teams.queries.levels import level_choices
from teams.rights.verb_words import verb_names


@member_gate
@require_safe
def list_levels(request: MemberRequest) -> HttpResponse:
    rows = [{"level": level, "verbs": verb_names(level.verbs)} for level in level_choices()]
    return render(request, "teams/levels.html", {"rows": rows})


@admin_gate
@require_http_methods(["GET", "HEAD", "POST"])
def create_level_view(request: MemberRequest) -> HttpResponse:
    form = LevelForm(request.POST or None)
    if form.is_valid():
        try:
            level = create_level(request.member, name=form.cleaned_data["name"], verbs=form.cleaned_data["verbs"])
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            messages.success(request, _("The level “%s” can be given from now on.") % level.name)
            return redirect_within(request, "teams:levels")
    return render_level_form(request, form)


@admin_gate
@require_http_methods(["GET", "HEAD", "POST"])
def edit_level(request: MemberRequest, pk: int) -> HttpResponse:
    level = access_level(request.member, pk)
    form = build_level_form(level, request.POST or None)
    if form.is_valid():
        try:
            change_level(request.member, level, **form.answers())
        except Invalid as invalid:
            show_errors(form, invalid)
        except Overtaken as error:
            return render_overtaken_level(request, form, pk, error)
        else:
            messages.success(request, _("The level is changed. Rights that were given with it stay as they are."))
            return redirect_within(request, "teams:levels")
    return render_level_form(request, form, level)


@admin_gate
@require_POST
def delete_level_view(request: MemberRequest, pk: int) -> HttpResponse:
    level = access_level(request.member, pk)
    try:
        delete_level(request.member, level, seen=posted_mark(request))
    except Overtaken as error:
        fresh = access_level(request.member, pk)
        overtaking = Overtaking(entries_since(posted_mark(request), fresh))
        return render_level_form(
            request, build_level_form(fresh), fresh, refusal=error.user_message, overtaking=overtaking
        )
    messages.success(request, _("The level “%s” is gone. Rights that were given with it stay.") % level.name)
    return redirect_within(request, "teams:levels")


def render_overtaken_level(request: MemberRequest, form: LevelForm, pk: int, error: Overtaken) -> HttpResponse:
    """Somebody else has changed it meanwhile: both sides, and the form with the two merged."""
    fresh = access_level(request.member, pk)
    entries = entries_since(posted_mark(request), fresh)
    begun, overtaking = merge_overtaken_form(
        form, level_values(fresh), fresh.mark, entries, action=request.path, theirs=request.path
    )
    return render_level_form(
        request, LevelForm(initial=begun), fresh, refusal=error.user_message, overtaking=overtaking
    )


def level_values(level: Level) -> dict[str, Any]:
    return {"name": level.name, "verbs": level.verbs}


def build_level_form(level: Level, posted: QueryDict | None = None) -> LevelForm:
    return LevelForm(posted, initial=initial_with_mark(level_values(level), level.mark))


def render_level_form(
    request: MemberRequest, form: LevelForm, level: Level | None = None, **given: Any
) -> HttpResponse:
    status = 422 if form.errors or given else 200
    return render(request, "teams/level_form.html", {"form": form, "level": level, **given}, status=status)
