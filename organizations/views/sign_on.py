"""Signing in through one's organization, and the threshold: what must be done before one may enter."""

import secrets
from typing import Any

from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from foundation.errors import NotFound
from foundation.processes.ratelimit import seconds_to_wait
from organizations.access import member_of, memberships_of
from organizations.actions.admitting import AccountNotLinked, account_of, admit_by_sign_on
from organizations.models import Member, OrganizationSignOn, Role, User
from organizations.queries.sign_on import find_sign_on_by_email, find_sign_on_by_slug
from organizations.receivers import store_session_provider
from organizations.sign_in.account_linking import own_signed_in_user, start_link_question
from organizations.sign_in.admission import Hindrance, hindrance, note_sign_on
from organizations.sign_in.fresh_proof import proof_url
from organizations.sign_in.oidc import Claims, PendingSignOn, SignOnFailed, begin_sign_on, finish_sign_on
from organizations.sign_in.presence import signed_in_user
from organizations.sign_in.security_forms import SignOnEmailForm

PENDING_KEY = "sign_on_pending"  # in the session: {state: {...}}, each good for one answer
MOST_PENDING = 5  # tabs
ATTEMPT_RATE = (30, 60)  # from one address, in so many seconds: each makes us call the provider


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose_sign_on(request: HttpRequest) -> HttpResponse:
    """By the e-mail address: which organization's provider to continue with.

    Its answer is a page with a link, not a redirect: the strict `form-action` would stop a form that ends elsewhere.
    """
    after = safe_next(request, request.POST.get("next") or request.GET.get("next"))
    form = SignOnEmailForm(request.POST or None)
    found: OrganizationSignOn | None = None
    if form.is_valid():
        found = find_sign_on_by_email(form.cleaned_data["email"])
        if found is None:
            form.add_error("email", SignOnEmailForm.NONE)
    status = 422 if form.errors else 200
    return render(request, "account/sign_on.html", {"form": form, "found": found, "next": after}, status=status)


@never_cache
@require_safe
def start_sign_on(request: HttpRequest, slug: str) -> HttpResponse:
    """Off to the provider."""
    if seconds_to_wait(f"sign-on:{request.META.get('REMOTE_ADDR', '')}", *ATTEMPT_RATE):
        raise SignOnFailed("Too many attempts. Wait a minute, then try once more.")
    sign_on = access_sign_on(slug)
    address, pending = begin_sign_on(sign_on, redirect_uri(slug), email=request.GET.get("email", "")[:254])
    store_pending(request, pending, slug, after=safe_next(request, request.GET.get("next")) or f"/o/{slug}/")
    return redirect(address)


def store_pending(request: HttpRequest, pending: PendingSignOn, slug: str, *, after: str, trial: int = 0) -> None:
    """What was asked, until the answer comes; `trial` is the member who only tries it."""
    kept = list(request.session.get(PENDING_KEY, {}).items())[-MOST_PENDING + 1 :]
    entry = {**pending.kept(), "slug": slug, "next": after, "trial": trial}
    request.session[PENDING_KEY] = dict([*kept, (pending.state, entry)])


@never_cache
@require_safe
def receive_callback(request: HttpRequest, slug: str) -> HttpResponse:
    """Back from the provider. What it was asked with is used up, whatever the answer says."""
    pending, after, trial = take_pending(request, slug)
    if trial:
        from organizations.views.sign_on_trial import receive_trial_answer  # which begins where this module ends

        return receive_trial_answer(request, sign_on_of_trial(request, slug, trial), pending, after)
    if request.GET.get("error") or not request.GET.get("code"):
        raise SignOnFailed("The identity provider did not let you in.")
    sign_on = access_sign_on(slug)
    claims = finish_sign_on(sign_on, pending, redirect_uri(slug), request.GET["code"])
    return enter_organization(request, sign_on, claims, after)


def enter_organization(request: HttpRequest, sign_on: OrganizationSignOn, claims: Claims, after: str) -> HttpResponse:
    current = request.user if isinstance(request.user, User) else None
    try:
        member = admit_by_sign_on(sign_on, claims, current=current)
    except AccountNotLinked:
        return ask_to_link_first(request, sign_on, claims, after)
    return sign_in_by_provider(request, sign_on, member, after)


def ask_to_link_first(request: HttpRequest, sign_on: OrganizationSignOn, claims: Claims, after: str) -> HttpResponse:
    """There is an account with this address: it has to agree, by its own means."""
    if own_signed_in_user(request) != account_of(claims.email):
        logout(request)  # whatever this browser had kept belongs to somebody else
    start_link_question(request.session, sign_on.organization.slug, claims, after)
    return redirect("sign_on:link", sign_on.organization.slug)


def sign_in_by_provider(request: HttpRequest, sign_on: OrganizationSignOn, member: Member, after: str) -> HttpResponse:
    if request.user == member.user:
        note_sign_on(request.session, member.user, member.organization_id, only=False)
        return redirect(after)
    logout(request)  # whatever this browser had kept belongs to somebody else
    note_sign_on(request.session, member.user, member.organization_id, only=True)
    store_session_provider(request.session, sign_on)
    verification = EmailVerificationMethod.NONE
    answer: HttpResponse = perform_login(request, member.user, email_verification=verification, redirect_url=after)
    return answer


def sign_on_of_trial(request: HttpRequest, slug: str, pk: int) -> OrganizationSignOn:
    """The sign-on that is tried, by the owner who began it and is still signed in. Raises SignOnFailed."""
    sign_on = access_sign_on(slug)
    # unscoped: a callback comes to no organization's own page
    entry = Member.unscoped.filter(pk=pk, organization=sign_on.organization_id, left_at=None, role=Role.OWNER)
    if not request.user.is_authenticated or not entry.filter(user=request.user).exists():
        raise SignOnFailed("This test was begun by somebody else. Start it once more.")
    return sign_on


def take_pending(request: HttpRequest, slug: str) -> tuple[PendingSignOn, str, int]:
    """The question that this answer belongs to, where to go on, and whose trial it is. Each can be taken once."""
    kept = request.session.get(PENDING_KEY, {})
    state = request.GET.get("state", "")
    entry: dict[str, Any] | None = kept.pop(state, None)
    request.session[PENDING_KEY] = kept
    if entry is None or entry["slug"] != slug or not secrets.compare_digest(entry["state"], state):
        raise SignOnFailed("This answer belongs to no question of this browser, or was used already. Start once more.")
    after = entry["next"]
    return (
        PendingSignOn(**{name: entry[name] for name in ("state", "nonce", "verifier", "issuer")}),
        after,
        entry.get("trial", 0),
    )


@never_cache
@require_safe
@login_required
def show_threshold(request: HttpRequest, slug: str) -> HttpResponse:
    """What must be done before one enters; on to the organization when it is done."""
    memberships = memberships_of(signed_in_user(request))
    member = member_of(memberships, slug)
    after = safe_next(request, request.GET.get("next")) or f"/o/{slug}/"
    first = hindrance(member, request.session)
    if first is None:
        return redirect(after)
    if first == Hindrance.SESSION_OVER:
        return redirect(f"/o/{slug}/")  # whose gate ends it
    others = [own.organization for own in memberships if own != member and can_enter(own, request)]
    context = {"first": first.value, "into": member.organization, "others": others, "next": after}
    if first == Hindrance.SIGN_IN:
        context["proof"] = proof_url(request, after)
    return render(request, "account/threshold.html", context)


def can_enter(member: Member, request: HttpRequest) -> bool:
    return hindrance(member, request.session) is None


def access_sign_on(slug: str) -> OrganizationSignOn:
    sign_on = find_sign_on_by_slug(slug)
    if sign_on is None:
        raise NotFound
    return sign_on


def redirect_uri(slug: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse('sign_on:callback', args=[slug])}"


def safe_next(request: HttpRequest, address: str | None) -> str:
    """The address within this site that was asked for; empty for any other."""
    hosts = {request.get_host()}
    # A bare word would pass too, and `redirect` would take it for the name of a view.
    ours = address and address.startswith("/") and url_has_allowed_host_and_scheme(address, hosts, request.is_secure())
    return address if address and ours else ""
