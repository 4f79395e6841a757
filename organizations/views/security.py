"""Settings → Security: the second step for everybody, how long they stay signed in, and the own sign-on."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import Invalid
from foundation.overtaking import Overtaken
from foundation.processes.ratelimit import seconds_to_wait
from foundation.texts.number_format import format_number
from organizations.actions.security import require_mfa, set_session_bounds
from organizations.actions.sign_on import remove_sign_on, set_sign_on
from organizations.auditing.overtaken_changes import Overtaking, entries_since, posted_mark
from organizations.configuration.settings_forms import show_errors
from organizations.gates import MemberRequest, admin_gate, owner_gate
from organizations.models import Role
from organizations.models.sign_on import NO_SIGN_ON
from organizations.queries.domains import access_domain, domain_rows
from organizations.queries.people import count_without_mfa
from organizations.sign_in.admission import sign_on_of
from organizations.sign_in.domain_proofs import check_domain
from organizations.sign_in.security_forms import BoundsForm, MfaForm, SignOnForm
from organizations.views.sign_on import redirect_uri

CHECK_RATE = (10, 60)  # of one organization, in so many seconds
SIGN_ON_VERBS = ("sign_on.set_up", "sign_on.changed", "sign_on.removed")


@admin_gate
@require_safe
def show_security(request: MemberRequest) -> HttpResponse:
    return render_security(request)


@admin_gate
@require_POST
def change_mfa(request: MemberRequest) -> HttpResponse:
    form = MfaForm(request.POST)
    if form.is_valid():
        try:
            required = form.cleaned_data["require_mfa"]
            require_mfa(request.member, request.member.organization, required=required, seen=posted_mark(request))
        except Invalid as invalid:
            show_errors(form, invalid)
            return render_security(request, mfa_form=form)
        except Overtaken:
            return render_overtaken_security(request, "organization.mfa_required")
        messages.success(request, _("Saved. It holds from the next page on."))
    return redirect_to_security(request)


@admin_gate
@require_POST
def change_bounds(request: MemberRequest) -> HttpResponse:
    form = BoundsForm(request.POST)
    if not form.is_valid():
        return render_security(request, bounds_form=form)
    try:
        set_session_bounds(request.member, request.member.organization, **form.cleaned_data, seen=posted_mark(request))
    except Overtaken:
        return render_overtaken_security(request, "organization.sessions_bounded")
    messages.success(request, _("Saved. It holds from the next page on."))
    return redirect_to_security(request)


@owner_gate
@require_POST
def change_sign_on(request: MemberRequest) -> HttpResponse:
    form = SignOnForm(request.POST, existing=sign_on_of(request.member))
    if form.is_valid():
        try:
            set_sign_on(
                request.member, request.member.organization, **form.action_arguments(), seen=posted_mark(request)
            )
        except Invalid as invalid:
            show_errors(form, invalid)
        except Overtaken:
            return render_overtaken_security(request, *SIGN_ON_VERBS)
        else:
            messages.success(request, _("Saved. Prove the domains, then try it in a private window."))
            return redirect_to_security(request)
    return render_security(request, sign_on_form=form)


@owner_gate
@require_POST
def delete_sign_on(request: MemberRequest) -> HttpResponse:
    try:
        remove_sign_on(request.member, request.member.organization, seen=posted_mark(request))
    except Overtaken:
        return render_overtaken_security(request, *SIGN_ON_VERBS)
    messages.success(request, _("The single sign-on is removed. Everybody signs in with a password again."))
    return redirect_to_security(request)


@owner_gate
@require_POST
def check_domain_now(request: MemberRequest, pk: int) -> HttpResponse:
    """Looks for the domain's record now."""
    domain = access_domain(pk)
    if wait := seconds_to_wait(f"domain-check:{request.member.organization_id}", *CHECK_RATE):
        messages.warning(request, _("That was often. Check again in %s seconds.") % format_number(int(wait) + 1))
        return redirect_to_security(request, f"#domain-{pk}")
    domain = check_domain(request.member, domain)
    if domain.proved_at and not domain.missing_since:
        messages.success(request, _("%s is proved.") % domain)
    else:
        messages.warning(request, _("%s is not proved yet. What was found stands beside it.") % domain)
    return redirect_to_security(request, f"#domain-{pk}")


def render_overtaken_security(request: MemberRequest, *verbs: str) -> HttpResponse:
    """The page as it stands, with who changed it meanwhile."""
    organization = request.member.organization
    organization.refresh_from_db()
    things = [thing for thing in (organization, sign_on_of(request.member)) if thing is not None]
    return render_security(
        request, status=409, overtaking=Overtaking(entries_since(posted_mark(request), *things, verbs=verbs))
    )


def render_security(request: MemberRequest, *, status: int = 200, **given: Any) -> HttpResponse:
    organization, sign_on = request.member.organization, sign_on_of(request.member)
    domains = domain_rows()
    context = {
        "mfa_form": MfaForm(initial={"require_mfa": organization.require_mfa}),
        "bounds_form": BoundsForm(
            initial={"idle_days": organization.session_idle_days, "days": organization.session_days}
        ),
        "sign_on_form": SignOnForm.of(sign_on, [row.name for row in domains]),
        "sign_on": sign_on,
        "sign_on_mark": sign_on.mark if sign_on else NO_SIGN_ON,
        "domains": domains,
        "works": any(row.works for row in domains),
        "is_owner": request.member.role == Role.OWNER,
        "redirect_uri": redirect_uri(organization.slug),
        "without": count_without_mfa(),
        **given,
    }
    refused = any(isinstance(form, Form) and form.errors for form in given.values())
    return render(request, "organizations/security.html", context, status=422 if refused else status)


def redirect_to_security(request: MemberRequest, at: str = "") -> HttpResponse:
    return redirect(reverse("organizations:security", args=[request.member.organization.slug]) + at)
