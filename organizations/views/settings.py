"""The organization, its people, and one's own sign-in."""

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import Invalid
from foundation.overtaking import Overtaken
from organizations.actions.organizations import change_organization, create_member
from organizations.auditing.overtaken_changes import overtaken_form, seen_in, since, standing
from organizations.configuration.quotas import uses
from organizations.configuration.settings_forms import LogoForm, MemberForm, OrganizationForm, show_errors
from organizations.gates import MemberRequest, admin_gate, member_gate
from organizations.models import Organization, User
from organizations.models.organization import SETTINGS
from organizations.queries.people import members


@member_gate
@require_safe
def show(request: MemberRequest) -> HttpResponse:
    return page(request)


@admin_gate
@require_POST
def change(request: MemberRequest) -> HttpResponse:
    form = OrganizationForm(request.POST)
    if form.is_valid():
        try:
            change_organization(request.member, request.member.organization, **form.answers())
        except Invalid as invalid:
            show_errors(form, invalid)
        except Overtaken:
            return both(request, form)
        else:
            messages.success(request, _("The organization is changed."))
            return back(request)
    return page(request, organization_form=form)


def both(request: MemberRequest, form: OrganizationForm) -> HttpResponse:
    """Somebody else has changed the settings meanwhile: both sides, and the form with the two merged."""
    organization = request.member.organization
    organization.refresh_from_db()
    entries = since(seen_in(request), organization, verbs=["organization.changed"])
    begun, overtaking = overtaken_form(
        form, values_of(organization), organization.mark, entries, action=request.path, theirs=address(request)
    )
    return page(request, status=409, organization_form=OrganizationForm(initial=begun), overtaking=overtaking)


def values_of(organization: Organization) -> dict[str, Any]:
    return model_to_dict(organization, SETTINGS)


@admin_gate
@require_POST
def add_member(request: MemberRequest) -> HttpResponse:
    """Adds a person. A new one gets a password that is shown in this answer and nowhere else."""
    form = MemberForm(request.POST)
    if not form.is_valid():
        return page(request, member_form=form)
    password = secrets.token_urlsafe(12)
    known = User.objects.filter(email__iexact=form.cleaned_data["email"]).exists()
    try:
        member = create_member(request.member, request.member.organization, password=password, **form.cleaned_data)
    except Invalid as invalid:
        show_errors(form, invalid)
        return page(request, member_form=form)
    return page(request, added=member, password="" if known else password)


def page(request: MemberRequest, *, status: int = 200, **given: Any) -> HttpResponse:
    """The whole page; a form that was refused comes back as it was typed, with 422."""
    organization = request.member.organization
    context = {
        "organization_form": OrganizationForm(initial=standing(values_of(organization), organization.mark)),
        "logo_form": LogoForm(),
        "member_form": MemberForm(),
        "people": members(),
        "uses": uses(organization) if request.member.is_admin else (),
        **given,
    }
    refused = any(isinstance(form, forms.Form) and form.errors for form in given.values())
    return render(request, "organizations/settings.html", context, status=422 if refused else status)


def address(request: MemberRequest) -> str:
    return reverse("organizations:settings", args=[request.member.organization.slug])


def back(request: MemberRequest) -> HttpResponse:
    return redirect(address(request))
