"""The account agrees that a provider opens it: signed in by its own means, or by a link in its mail."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from foundation.processes.ratelimit import seconds_to_wait
from organizations.actions.admitting import account_of, is_confirmed, link
from organizations.models import User
from organizations.sign_in.account_linking import KEY, Question, mail_link, own_sign_in, question_of
from organizations.sign_in.oidc import SignOnFailed
from organizations.views.sign_on import let_in, wanted

MAILS = (3, 600)  # to one address, in so many seconds


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Whoever is signed in as the account agrees here; everybody else learns how it can."""
    question = question_of(request.session, slug)
    user = account_of(question.claims.email) if question else None
    if question is None or user is None:
        return redirect("sign_on:start", slug)
    if request.method != "POST":
        return page(request, question, user)
    if own_sign_in(request) != user:
        raise SignOnFailed(_("Sign in with your own sign-in first."))
    return agreed(request, question, user, "signed in")


@never_cache
@require_POST
def mail(request: HttpRequest, slug: str) -> HttpResponse:
    question = question_of(request.session, slug)
    if question is None:
        return redirect("sign_on:start", slug)
    if seconds_to_wait(f"link-mail:{question.claims.email}", *MAILS):
        raise SignOnFailed(_("Several links were sent already. Open the newest, or wait ten minutes."))
    mail_link(request, question, wanted(slug))
    return redirect("sign_on:link", slug)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mailed(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Behind the link in the mail, in the browser that asked for it."""
    question = question_of(request.session, slug)
    user = account_of(question.claims.email) if question else None
    if question is None or user is None or not question.is_answered_by(token):
        raise SignOnFailed(
            _("Open the newest link in the browser in which you began, within an hour. Or start once more there.")
        )
    if request.method == "POST":
        return agreed(request, question, user, "by mail")
    return page(request, question, user, opened=True, takes_over=not is_confirmed(user, question.claims.email))


def agreed(request: HttpRequest, question: Question, user: User, how: str) -> HttpResponse:
    sign_on = wanted(question.slug)
    member = link(sign_on, question.claims, user, agreed=how)
    del request.session[KEY]
    return let_in(request, sign_on, member, question.next)


def page(request: HttpRequest, question: Question, user: User, **given: Any) -> HttpResponse:
    sign_on = wanted(question.slug)
    context = {
        "into": sign_on.organization,
        "issuer": sign_on.issuer,
        "email": question.claims.email,
        "mailed": bool(question.digest),
        "is_theirs": own_sign_in(request) == user,
        **given,
    }
    return render(request, "account/link.html", context)
