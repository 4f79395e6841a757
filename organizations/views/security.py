"""Settings → Security: the second step for everybody, and the organization's own sign-on."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from organizations.actions.security import require_mfa
from organizations.actions.sign_on import remove_sign_on, set_sign_on
from organizations.entry import sign_on_of
from organizations.forms import show_errors
from organizations.gates import MemberRequest, admin_gate
from organizations.queries.people import without_mfa
from organizations.security_forms import MfaForm, SignOnForm
from organizations.views.sign_on import redirect_uri
from socialops.lib.errors import Invalid


@admin_gate
@require_safe
def show(request: MemberRequest) -> HttpResponse:
    return page(request)


@admin_gate
@require_POST
def change_mfa(request: MemberRequest) -> HttpResponse:
    form = MfaForm(request.POST)
    if form.is_valid():
        try:
            require_mfa(request.member, request.member.organization, required=form.cleaned_data["require_mfa"])
        except Invalid as invalid:
            show_errors(form, invalid)
            return page(request, mfa_form=form)
        messages.success(request, _("Saved. It holds from the next page on."))
    return back(request)


@admin_gate
@require_POST
def change_sign_on(request: MemberRequest) -> HttpResponse:
    form = SignOnForm(request.POST)
    if form.is_valid():
        try:
            set_sign_on(request.member, request.member.organization, **form.wanted())
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            messages.success(request, _("Saved. Try it in a private window before you tell your people."))
            return back(request)
    return page(request, sign_on_form=form)


@admin_gate
@require_POST
def remove(request: MemberRequest) -> HttpResponse:
    remove_sign_on(request.member, request.member.organization)
    messages.success(request, _("The single sign-on is removed. Everybody signs in with a password again."))
    return back(request)


def page(request: MemberRequest, **given: Any) -> HttpResponse:
    organization, sign_on = request.member.organization, sign_on_of(request.member)
    context = {
        "mfa_form": MfaForm(initial={"require_mfa": organization.require_mfa}),
        "sign_on_form": SignOnForm.of(sign_on),
        "sign_on": sign_on,
        "redirect_uri": redirect_uri(organization.slug),
        "without": without_mfa(),
        **given,
    }
    refused = any(isinstance(form, Form) and form.errors for form in given.values())
    answer = render(request, "organizations/security.html", context, status=422 if refused else 200)
    answer["Cache-Control"] = "no-store"
    return answer


def back(request: MemberRequest) -> HttpResponse:
    return redirect("organizations:security", slug=request.member.organization.slug)
