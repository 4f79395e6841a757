"""The page behind the link of an invitation. Open to everybody who has it, and to nobody else."""

from typing import Any
from urllib.parse import urlencode

from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from foundation.errors import Conflict, Invalid
from organizations.actions.invitations import accept_invitation, invitation_refusal, registration_refusal
from organizations.configuration.settings_forms import show_errors
from organizations.models import Invitation, Member, User
from organizations.people.people_forms import JoinForm
from organizations.queries.invitations import find_invitation_by_secret, joinable_teams
from organizations.tenancy import scope


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def join_by_invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Sets name and password, or joins as who is signed in; works when nobody can register otherwise."""
    invitation = find_invitation_by_secret(secret)
    if invitation is None:
        text = _("This link does not work: it may be incomplete, or a newer one was sent. Ask for a new invitation.")
        return render_join_refusal(request, text, status=404)
    with scope(invitation.organization_id):
        if refusal := invitation_refusal(invitation):
            return render_join_refusal(request, refusal, status=410)
        if request.user.is_authenticated:
            return join_as_user(request, invitation)
        if User.objects.filter(email__iexact=invitation.email).exists():
            sign_in = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.path})}"
            return render_join(request, invitation, sign_in=sign_in)
        if refusal := registration_refusal():
            return render_join_refusal(request, refusal, status=403)
        return join_as_new_user(request, invitation)


def join_as_user(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    user: Any = request.user
    if user.email.lower() != invitation.email:
        return render_join(request, invitation, stranger=user)
    if request.method != "POST":
        return render_join(request, invitation, known=user)
    try:
        member = accept_invitation(invitation, user=user)
    except (Conflict, Invalid) as error:
        return render_join_refusal(request, error.user_message, status=error.status)
    return welcome_member(request, member)


def join_as_new_user(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = JoinForm(request.POST or None)
    if form.is_valid():
        try:
            member = accept_invitation(invitation, **form.cleaned_data)
        except Invalid as invalid:
            show_errors(form, invalid)
        except Conflict as conflict:
            return render_join_refusal(request, conflict.user_message, status=409)
        else:
            return sign_in_member(request, member)
    return render_join(request, invitation, form=form, status=422 if form.errors else 200)


def sign_in_member(request: HttpRequest, member: Member) -> HttpResponse:
    """As at every other door: written down, and one of the person's devices. The link came by e-mail."""
    perform_login(request, member.user, email_verification=EmailVerificationMethod.NONE)
    return welcome_member(request, member)


def render_join(request: HttpRequest, invitation: Invitation, status: int = 200, **given: Any) -> HttpResponse:
    teams = joinable_teams()
    context = {
        "invitation": invitation,
        "organization_name": invitation.organization.name,
        "team_names": [teams[pk] for pk in invitation.team_ids if pk in teams],
        **given,
    }
    return render(request, "organizations/join.html", context, status=status)


def render_join_refusal(request: HttpRequest, text: str, status: int) -> HttpResponse:
    return render(request, "organizations/join.html", {"over": text}, status=status)


def welcome_member(request: HttpRequest, member: Member) -> HttpResponse:
    messages.success(request, _("Welcome to %s.") % member.organization.name)
    return redirect("home", slug=member.organization.slug)
