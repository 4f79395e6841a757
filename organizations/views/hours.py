"""Business hours and holidays."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import AppError, Invalid
from foundation.overtaking import Overtaken
from organizations.actions.hours import add_holiday, remove_holiday, set_business_hours, told, week_mark
from organizations.auditing.overtaken_changes import overtaken_form, seen_in, since, standing
from organizations.configuration.settings_forms import HolidayForm, WeekForm, show_errors
from organizations.gates import MemberRequest, admin_gate
from organizations.models import Holiday, Organization
from organizations.queries.hours import hours_of


@admin_gate
@require_safe
def show(request: MemberRequest) -> HttpResponse:
    return page(request)


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
            return both(request, form)
        else:
            return back(request, _("The business hours are changed."))
    return page(request, week_form=form)


def both(request: MemberRequest, form: WeekForm) -> HttpResponse:
    """Somebody else has changed the week meanwhile: both sides, and the form with the two merged."""
    organization = request.member.organization
    values, mark = week_of(organization)
    entries = since(seen_in(request), organization, verbs=["organization.hours_changed"])
    theirs = reverse("organizations:hours", args=[organization.slug])
    begun, overtaking = overtaken_form(form, values, mark, entries, action=request.path, theirs=theirs)
    return page(request, status=409, week_form=WeekForm(initial=begun), overtaking=overtaking)


def week_of(organization: Organization) -> tuple[dict[str, str], str]:
    """Each day as it is written, and the mark of the week."""
    week = hours_of(organization).week
    return told(week), week_mark(week)


@admin_gate
@require_POST
def add(request: MemberRequest) -> HttpResponse:
    form = HolidayForm(request.POST)
    if form.is_valid():
        try:
            holiday = add_holiday(request.member, request.member.organization, **form.cleaned_data)
        except Invalid as invalid:
            show_errors(form, invalid)
        except AppError as error:
            form.add_error(None, error.user_message)
        else:
            return back(request, _("“%s” is a holiday.") % holiday.name)
    return page(request, holiday_form=form)


@admin_gate
@require_POST
def remove(request: MemberRequest, pk: int) -> HttpResponse:
    remove_holiday(request.member, request.member.organization, pk)
    return back(request, _("It is a day like any other again."))


def page(request: MemberRequest, *, status: int = 422, **given: Any) -> HttpResponse:
    """The whole page; a form that was refused comes back as it was typed, with 422."""
    context = {
        "week_form": WeekForm(initial=standing(*week_of(request.member.organization))),
        "holiday_form": HolidayForm(),
        "holidays": Holiday.objects.order_by("day"),
        "today": localdate(),
        **given,
    }
    refused = any(isinstance(form, forms.Form) for form in given.values())
    return render(request, "organizations/hours.html", context, status=status if refused else 200)


def back(request: MemberRequest, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("organizations:hours", slug=request.member.organization.slug)
