"""Business hours and holidays."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organizations.actions.hours import DAYS, add_holiday, remove_holiday, set_business_hours
from organizations.forms import HolidayForm, WeekForm, show_errors
from organizations.gates import MemberRequest, admin_gate
from organizations.hours import spelt
from organizations.models import Holiday
from organizations.queries.hours import hours_of
from socialops.lib.errors import AppError, Invalid


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
            set_business_hours(request.member, request.member.organization, week=form.cleaned_data)
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            return back(request, _("The business hours are changed."))
    return page(request, week_form=form)


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


def page(request: MemberRequest, **given: Any) -> HttpResponse:
    """The whole page; a form that was refused comes back as it was typed, with 422."""
    hours = hours_of(request.member.organization)
    week = {day: spelt(hours.week.get(weekday, ())) for weekday, day in enumerate(DAYS)}
    context = {
        "week_form": WeekForm(initial=week),
        "holiday_form": HolidayForm(),
        "holidays": Holiday.objects.order_by("day"),
        "today": localdate(),
        **given,
    }
    refused = any(isinstance(form, forms.Form) for form in given.values())
    return render(request, "organizations/hours.html", context, status=422 if refused else 200)


def back(request: MemberRequest, told: str) -> HttpResponse:
    messages.success(request, told)
    return redirect("organizations:hours", slug=request.member.organization.slug)
