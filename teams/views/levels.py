"""The organization's own levels."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organizations.forms import show_errors
from organizations.gates import MemberRequest, admin_gate, member_gate
from socialops.lib.errors import Conflict, Invalid
from teams.access import access_level
from teams.actions.levels import change_level, create_level, delete_level
from teams.forms import LevelForm
from teams.models import Level
from teams.queries.levels import choices
from teams.words import spelt


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
            level = create_level(request.member, **form.cleaned_data)
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
            change_level(request.member, level, **form.cleaned_data, seen=request.POST.get("seen"))
        except Invalid as invalid:
            show_errors(form, invalid)
        except Conflict as conflict:
            fresh = access_level(request.member, pk)
            return filled(request, form_of(fresh), fresh, refusal=conflict.user_message)
        else:
            messages.success(request, _("The level is changed. Rights that were given with it stay as they are."))
            return to_list(request)
    return filled(request, form, level)


@admin_gate
@require_POST
def delete(request: MemberRequest, pk: int) -> HttpResponse:
    level = access_level(request.member, pk)
    delete_level(request.member, level)
    messages.success(request, _("The level “%s” is gone. Rights that were given with it stay.") % level.name)
    return to_list(request)


def form_of(level: Level, posted: QueryDict | None = None) -> LevelForm:
    return LevelForm(posted, initial={"name": level.name, "verbs": level.verbs})


def filled(request: MemberRequest, form: LevelForm, level: Level | None = None, *, refusal: str = "") -> HttpResponse:
    # after a mistake in the form they still answer what they saw; after a refusal, what is there now
    seen = "" if refusal else request.POST.get("seen", "")
    context = {"form": form, "level": level, "refusal": refusal, "seen": seen or (level.mark if level else "")}
    return render(request, "teams/level_form.html", context, status=422 if form.errors or refusal else 200)


def to_list(request: MemberRequest) -> HttpResponse:
    return redirect("teams:levels", slug=request.member.organization.slug)
