"""*Test sign-in*: the single sign-on is tried from end to end, and nothing is changed by it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from foundation.errors import NotFound
from foundation.processes.ratelimit import seconds_to_wait
from organizations.gates import MemberRequest, owner_gate
from organizations.models import OrganizationSignOn
from organizations.sign_in.admission import sign_on_of
from organizations.sign_in.oidc import PendingSignOn, SignOnFailed, begin_sign_on, finish_sign_on
from organizations.sign_in.sign_on_trial import Finding, try_claims, try_provider
from organizations.views.sign_on import ATTEMPT_RATE, redirect_uri, store_pending

RESULT_KEY = "sign_on_trial"  # in the session: [[good, text], ...] of the last one that came back


@never_cache
@owner_gate
@require_safe
def show_trial(request: MemberRequest) -> HttpResponse:
    """What can be tried at once, and the way to the provider; or, after it, what came back."""
    sign_on = sign_on_of(request.member)
    if sign_on is None:
        raise NotFound
    if "done" in request.GET and RESULT_KEY in request.session:
        findings = [Finding(*one) for one in request.session[RESULT_KEY]]
        return render_trial(request, findings, done=True)
    if seconds_to_wait(f"sign-on:{request.META.get('REMOTE_ADDR', '')}", *ATTEMPT_RATE):
        raise SignOnFailed("Too many attempts. Wait a minute, then try once more.")
    findings = try_provider(sign_on)
    address = ""
    if all(one.good for one in findings):
        slug = request.member.organization.slug
        address, pending = begin_sign_on(sign_on, redirect_uri(slug), email=request.member.user.email)
        store_pending(request, pending, slug, after=request.path, trial=request.member.pk)
    return render_trial(request, findings, address=address)


def render_trial(
    request: MemberRequest, findings: list[Finding], *, address: str = "", done: bool = False
) -> HttpResponse:
    context = {
        "findings": findings,
        "good": all(one.good for one in findings),
        "address": address,
        "done": done,
        "redirect_uri": redirect_uri(request.member.organization.slug),
    }
    return render(request, "organizations/sign_on_trial.html", context)


def receive_trial_answer(
    request: HttpRequest, sign_on: OrganizationSignOn, pending: PendingSignOn, after: str
) -> HttpResponse:
    """From the provider, in a trial: the answer is looked at and lets nobody in."""
    provider_error = " ".join(filter(None, (request.GET.get("error", ""), request.GET.get("error_description", ""))))[
        :300
    ]
    if provider_error or not request.GET.get("code"):
        findings = [Finding(False, f"The identity provider did not let you in. {provider_error}".strip())]
    else:
        try:
            claims = finish_sign_on(sign_on, pending, redirect_uri(sign_on.organization.slug), request.GET["code"])
            findings = try_claims(sign_on, claims)
        except SignOnFailed as error:
            findings = [Finding(False, error.user_message)]
    request.session[RESULT_KEY] = [[one.good, one.text] for one in findings]
    return redirect(f"{after}?done=1")
