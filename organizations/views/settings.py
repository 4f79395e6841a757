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
from organizations.auditing.overtaken_changes import entries_since, initial_with_mark, merge_overtaken_form, posted_mark
from organizations.configuration.quotas import quota_uses
from organizations.configuration.settings_forms import LogoForm, MemberForm, OrganizationForm, show_errors
from organizations.gates import MemberRequest, admin_gate, member_gate
from organizations.models import Organization, User
from organizations.models.organization import SETTINGS_FIELDS
from organizations.queries.people import list_members


@member_gate
@require_safe
def show_settings(request: MemberRequest) -> HttpResponse:
    return render_settings(request)


@admin_gate
@require_POST
def change_settings(request: MemberRequest) -> HttpResponse:
    form = OrganizationForm(request.POST)
    if form.is_valid():
        try:
            change_organization(request.member, request.member.organization, **form.answers())
        except Invalid as invalid:
            show_errors(form, invalid)
        except Overtaken:
            return render_overtaken_settings(request, form)
        else:
            messages.success(request, _("The organization is changed."))
            return redirect_to_settings(request)
    return render_settings(request, organization_form=form)


def render_overtaken_settings(request: MemberRequest, form: OrganizationForm) -> HttpResponse:
    """Somebody else has changed the settings meanwhile: both sides, and the form with the two merged."""
    organization = request.member.organization
    organization.refresh_from_db()
    entries = entries_since(posted_mark(request), organization, verbs=["organization.changed"])
    initial, overtaking = merge_overtaken_form(
        form,
        settings_values(organization),
        organization.mark,
        entries,
        action=request.path,
        theirs=settings_url(request),
    )
    return render_settings(
        request, status=409, organization_form=OrganizationForm(initial=initial), overtaking=overtaking
    )


def settings_values(organization: Organization) -> dict[str, Any]:
    return model_to_dict(organization, SETTINGS_FIELDS)


@admin_gate
@require_POST
def add_member(request: MemberRequest) -> HttpResponse:
    """Adds a person. A new one gets a password that is shown in this answer and nowhere else."""
    form = MemberForm(request.POST)
    if not form.is_valid():
        return render_settings(request, member_form=form)
    password = secrets.token_urlsafe(12)
    is_known = User.objects.filter(email__iexact=form.cleaned_data["email"]).exists()
    try:
        member = create_member(request.member, request.member.organization, password=password, **form.cleaned_data)
    except Invalid as invalid:
        show_errors(form, invalid)
        return render_settings(request, member_form=form)
    return render_settings(request, added=member, password="" if is_known else password)


def render_settings(request: MemberRequest, *, status: int = 200, **given: Any) -> HttpResponse:
    """The whole page; a form that was refused comes back as it was typed, with 422."""
    organization = request.member.organization
    context = {
        "organization_form": OrganizationForm(
            initial=initial_with_mark(settings_values(organization), organization.mark)
        ),
        "logo_form": LogoForm(),
        "member_form": MemberForm(),
        "people": list_members(),
        "uses": quota_uses(organization) if request.member.is_admin else (),
        **given,
    }
    refused = any(isinstance(form, forms.Form) and form.errors for form in given.values())
    return render(request, "organizations/settings.html", context, status=422 if refused else status)


def settings_url(request: MemberRequest) -> str:
    return reverse("organizations:settings", args=[request.member.organization.slug])


def redirect_to_settings(request: MemberRequest) -> HttpResponse:
    return redirect(settings_url(request))
