"""Business hours and holidays."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import AppError, Invalid
from foundation.overtaking import Overtaken
from organizations.actions.hours import add_holiday, format_week, remove_holiday, set_business_hours, week_mark
from organizations.auditing.overtaken_changes import entries_since, initial_with_mark, merge_overtaken_form, posted_mark
from organizations.configuration.settings_forms import HolidayForm, WeekForm, show_errors
from organizations.gates import MemberRequest, admin_gate, redirect_within
from organizations.models import Holiday, Organization
from organizations.queries.hours import business_hours_of


@admin_gate
@require_safe
def show_hours(request: MemberRequest) -> HttpResponse:
    return render_hours(request)


@admin_gate
@require_POST
def change_week(request: MemberRequest) -> HttpResponse:
    form = WeekForm(request.POST)
    if form.is_valid():
        try:
            week = form.answers()
            seen = week.pop("seen")
            set_business_hours(request.member, request.member.organization, week=week, seen=seen)
        except Invalid as invalid:
            show_errors(form, invalid)
        except Overtaken:
            return render_overtaken_week(request, form)
        else:
            return redirect_to_hours(request, _("The business hours are changed."))
    return render_hours(request, week_form=form)


def render_overtaken_week(request: MemberRequest, form: WeekForm) -> HttpResponse:
    """Somebody else has changed the week meanwhile: both sides, and the form with the two merged."""
    organization = request.member.organization
    values, mark = week_values(organization)
    entries = entries_since(posted_mark(request), organization, verbs=["organization.hours_changed"])
    theirs = reverse("organizations:hours", args=[organization.slug])
    initial, overtaking = merge_overtaken_form(form, values, mark, entries, action=request.path, theirs=theirs)
    return render_hours(request, status=409, week_form=WeekForm(initial=initial), overtaking=overtaking)


def week_values(organization: Organization) -> tuple[dict[str, str], str]:
    """Each day as it is written, and the mark of the week."""
    week = business_hours_of(organization).week
    return format_week(week), week_mark(week)


@admin_gate
@require_POST
def create_holiday(request: MemberRequest) -> HttpResponse:
    form = HolidayForm(request.POST)
    if form.is_valid():
        try:
            holiday = add_holiday(request.member, request.member.organization, **form.cleaned_data)
        except Invalid as invalid:
            show_errors(form, invalid)
        except AppError as error:
            form.add_error(None, error.user_message)
        else:
            return redirect_to_hours(request, _("“%s” is a holiday.") % holiday.name)
    return render_hours(request, holiday_form=form)


@admin_gate
@require_POST
def delete_holiday(request: MemberRequest, pk: int) -> HttpResponse:
    remove_holiday(request.member, request.member.organization, pk)
    return redirect_to_hours(request, _("It is a day like any other again."))


def render_hours(request: MemberRequest, *, status: int = 422, **given: Any) -> HttpResponse:
    """The whole page; a form that was refused comes back as it was typed, with 422."""
    context = {
        "week_form": WeekForm(initial=initial_with_mark(*week_values(request.member.organization))),
        "holiday_form": HolidayForm(),
        "holidays": Holiday.objects.order_by("day"),
        "today": localdate(),
        **given,
    }
    refused = any(isinstance(form, forms.Form) for form in given.values())
    return render(request, "organizations/hours.html", context, status=status if refused else 200)


def redirect_to_hours(request: MemberRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect_within(request, "organizations:hours")
