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
from organizations.sign_in.oidc import Pending, SignOnFailed, begin, finish
from organizations.sign_in.sign_on_trial import Finding, of_answer, of_provider
from organizations.views.sign_on import ATTEMPTS, keep, redirect_uri

RESULT = "sign_on_trial"  # in the session: [[good, text], ...] of the last one that came back


@never_cache
@owner_gate
@require_safe
def trial(request: MemberRequest) -> HttpResponse:
    """What can be tried at once, and the way to the provider; or, after it, what came back."""
    sign_on = sign_on_of(request.member)
    if sign_on is None:
        raise NotFound
    if "done" in request.GET and RESULT in request.session:
        findings = [Finding(*one) for one in request.session[RESULT]]
        return shown(request, findings, done=True)
    if seconds_to_wait(f"sign-on:{request.META.get('REMOTE_ADDR', '')}", *ATTEMPTS):
        raise SignOnFailed("Too many attempts. Wait a minute, then try once more.")
    findings = of_provider(sign_on)
    address = ""
    if all(one.good for one in findings):
        slug = request.member.organization.slug
        address, pending = begin(sign_on, redirect_uri(slug), email=request.member.user.email)
        keep(request, pending, slug, after=request.path, trial=request.member.pk)
    return shown(request, findings, address=address)


def shown(request: MemberRequest, findings: list[Finding], *, address: str = "", done: bool = False) -> HttpResponse:
    context = {
        "findings": findings,
        "good": all(one.good for one in findings),
        "address": address,
        "done": done,
        "redirect_uri": redirect_uri(request.member.organization.slug),
    }
    return render(request, "organizations/sign_on_trial.html", context)


def came_back(request: HttpRequest, sign_on: OrganizationSignOn, pending: Pending, after: str) -> HttpResponse:
    """From the provider, in a trial: the answer is looked at and lets nobody in."""
    said = " ".join(filter(None, (request.GET.get("error", ""), request.GET.get("error_description", ""))))[:300]
    if said or not request.GET.get("code"):
        findings = [Finding(False, f"The identity provider did not let you in. {said}".strip())]
    else:
        try:
            claims = finish(sign_on, pending, redirect_uri(sign_on.organization.slug), request.GET["code"])
            findings = of_answer(sign_on, claims)
        except SignOnFailed as error:
            findings = [Finding(False, error.user_message)]
    request.session[RESULT] = [[one.good, one.text] for one in findings]
    return redirect(f"{after}?done=1")
