"""The account agrees that a provider opens it: signed in by its own means, or by a link in its mail."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from foundation.processes.ratelimit import seconds_to_wait
from organizations.actions.admitting import account_of, is_confirmed_email, link_identity
from organizations.models import User
from organizations.sign_in.account_linking import (
    QUESTION_KEY,
    LinkQuestion,
    find_link_question,
    own_signed_in_user,
    send_link_mail,
)
from organizations.sign_in.oidc import SignOnFailed
from organizations.views.sign_on import access_sign_on, sign_in_by_provider

MAIL_RATE = (3, 600)  # to one address, in so many seconds


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_link(request: HttpRequest, slug: str) -> HttpResponse:
    """Whoever is signed in as the account agrees here; everybody else learns how it can."""
    question = find_link_question(request.session, slug)
    user = account_of(question.claims.email) if question else None
    if question is None or user is None:
        return redirect("sign_on:start", slug)
    if request.method != "POST":
        return render_link(request, question, user)
    if own_signed_in_user(request) != user:
        raise SignOnFailed(_("Sign in with your own sign-in first."))
    return accept_link(request, question, user, "signed in")


@never_cache
@require_POST
def request_link_mail(request: HttpRequest, slug: str) -> HttpResponse:
    question = find_link_question(request.session, slug)
    if question is None:
        return redirect("sign_on:start", slug)
    if seconds_to_wait(f"link-mail:{question.claims.email}", *MAIL_RATE):
        raise SignOnFailed(_("Several links were sent already. Open the newest, or wait ten minutes."))
    send_link_mail(request, question, access_sign_on(slug))
    return redirect("sign_on:link", slug)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_mailed_link(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Behind the link in the mail, in the browser that asked for it."""
    question = find_link_question(request.session, slug)
    user = account_of(question.claims.email) if question else None
    if question is None or user is None or not question.is_answered_by(token):
        raise SignOnFailed(
            _("Open the newest link in the browser in which you began, within an hour. Or start once more there.")
        )
    if request.method == "POST":
        return accept_link(request, question, user, "by mail")
    return render_link(
        request, question, user, opened=True, takes_over=not is_confirmed_email(user, question.claims.email)
    )


def accept_link(request: HttpRequest, question: LinkQuestion, user: User, how: str) -> HttpResponse:
    sign_on = access_sign_on(question.slug)
    member = link_identity(sign_on, question.claims, user, agreed=how)
    del request.session[QUESTION_KEY]
    return sign_in_by_provider(request, sign_on, member, question.next)


def render_link(request: HttpRequest, question: LinkQuestion, user: User, **given: Any) -> HttpResponse:
    sign_on = access_sign_on(question.slug)
    context = {
        "into": sign_on.organization,
        "issuer": sign_on.issuer,
        "email": question.claims.email,
        "mailed": bool(question.digest),
        "is_theirs": own_signed_in_user(request) == user,
        **given,
    }
    return render(request, "account/link.html", context)
