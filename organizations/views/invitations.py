"""Inviting people, one by one or as a list."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.database.lookups import get_or_not_found
from foundation.errors import Conflict, Invalid
from foundation.texts.ids import parse_id
from foundation.texts.number_format import format_number
from organizations.actions.invitations import invite_member, resend_invitation, revoke_invitation
from organizations.actions.inviting_many import check_invitation_list, invite_people
from organizations.configuration.settings_forms import show_errors
from organizations.gates import MemberRequest, admin_gate, redirect_within
from organizations.models import Invitation, Role
from organizations.people.people_forms import InvitationListForm, InviteForm
from organizations.queries.invitations import invitation_page, joinable_teams
from organizations.views.people import people_tabs

FORM_METHODS = ["GET", "HEAD", "POST"]


@admin_gate
@require_safe
def list_invitations(request: MemberRequest) -> HttpResponse:
    page = invitation_page(before=parse_id(request.GET.get("before")))
    teams = joinable_teams()
    rows = [{"it": one, "teams": [teams[pk] for pk in one.team_ids if pk in teams]} for one in page.rows]
    context = {"rows": rows, "page": page, "tabs": people_tabs(request, "invitations")}
    return render(request, "organizations/invitations.html", context)


@admin_gate
@require_http_methods(FORM_METHODS)
def invite_person(request: MemberRequest) -> HttpResponse:
    start = {"email": request.GET.get("email", "")[:254], "role": Role.MEMBER}
    form = InviteForm(request.POST or None, initial=start, rank=request.member.rank, teams=joinable_teams())
    if form.is_valid():
        given = form.cleaned_data
        try:
            invitation = invite_member(
                request.member, email=given["email"], role=given["role"], team_ids=given.get("teams", ())
            )
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            messages.success(request, _("The invitation is on its way to %s.") % invitation.email)
            return redirect_within(request, "organizations:invitations")
    return render(request, "organizations/invite.html", {"form": form}, status=422 if form.errors else 200)


@admin_gate
@require_http_methods(FORM_METHODS)
def invite_list(request: MemberRequest) -> HttpResponse:
    """First shows what is wrong with which line; then, confirmed, invites the others."""
    form = InvitationListForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        return render_invite_list(request, form)
    text = form.text()
    if not text:
        return render_invite_list(request, form)
    try:
        if "confirm" in request.POST:
            invited = sum(not line.problems for line in invite_people(request.member, text))
            word = ngettext(
                "%s invitation is on its way.", "%s invitations are on their way.", invited
            ) % format_number(invited)
            messages.success(request, word)
            return redirect_within(request, "organizations:invitations")
        lines = check_invitation_list(request.member, text)
    except (Invalid, Conflict) as error:
        form.add_error("people", error.user_message)
        return render_invite_list(request, form)
    return render_invite_list(request, form, lines=lines, text=text, good=sum(not line.problems for line in lines))


def render_invite_list(request: MemberRequest, form: InvitationListForm, **given: Any) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "organizations/invite_list.html", {"form": form, **given}, status=status)


@admin_gate
@require_POST
def resend_link(request: MemberRequest, pk: int) -> HttpResponse:
    invitation = resend_invitation(request.member, access_invitation(pk))
    messages.success(request, _("A new link is on its way to %s; the one before no longer works.") % invitation.email)
    return redirect_within(request, "organizations:invitations")


@admin_gate
@require_POST
def withdraw_invitation(request: MemberRequest, pk: int) -> HttpResponse:
    invitation = access_invitation(pk)
    revoke_invitation(request.member, invitation)
    messages.success(request, _("The invitation of %s is taken back.") % invitation.email)
    return redirect_within(request, "organizations:invitations")


def access_invitation(pk: int) -> Invitation:
    invitation = get_or_not_found(Invitation.objects.all(), pk)
    return invitation
