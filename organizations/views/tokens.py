"""API tokens: one's own, and for admins everybody's."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.database.keyset import KeyPage
from foundation.database.lookups import get_or_not_found
from foundation.errors import Invalid, NotFound
from foundation.texts.ids import parse_id
from organizations.actions.tokens import create_api_token, revoke_api_token
from organizations.configuration.settings_forms import show_errors
from organizations.gates import MemberRequest, admin_gate, member_gate, redirect_within
from organizations.models import ApiToken
from organizations.queries.tokens import token_page
from organizations.rest.scopes import SCOPE_LABELS
from organizations.sign_in.admission import came_through_sign_on, must_sign_on
from organizations.sign_in.fresh_proof import require_proof_to_send
from organizations.sign_in.security_forms import TokenForm


@member_gate
@require_http_methods(["GET", "HEAD", "POST"])
@require_proof_to_send
def show_own_tokens(request: MemberRequest) -> HttpResponse:
    """One's own tokens; POST makes a new one, whose secret is shown in that answer and nowhere else."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    made: dict[str, Any] = {}
    if form.is_valid():
        try:
            token, secret = create_api_token(
                request.member,
                request.member,
                by_sign_on=came_through_sign_on(request.session, request.member),
                **form.action_arguments(),
            )
            made, form = {"token": token, "secret": secret}, TokenForm()
        except Invalid as invalid:
            show_errors(form, invalid)
    page = token_page(
        member=request.member, before=parse_id(request.GET.get("before")), after=parse_id(request.GET.get("after"))
    )
    return render_tokens(request, "organizations/tokens.html", page, form=form, **made)


@admin_gate
@require_safe
def show_all_tokens(request: MemberRequest) -> HttpResponse:
    page = token_page(before=parse_id(request.GET.get("before")), after=parse_id(request.GET.get("after")))
    return render_tokens(request, "organizations/all_tokens.html", page)


@member_gate
@require_POST
def revoke_token(request: MemberRequest, pk: int) -> HttpResponse:
    """Members end their own; admins everybody's."""
    token = get_or_not_found(ApiToken.objects.select_related("member__user").filter(revoked_at=None), pk)
    if token.member_id != request.member.pk and not request.member.is_admin:
        raise NotFound
    revoke_api_token(request.member, token)
    messages.success(request, _("The token “%s” no longer works.") % token.name)
    own = token.member_id == request.member.pk and "all" not in request.POST
    return redirect_within(request, "organizations:tokens" if own else "organizations:all_tokens")


def render_tokens(request: MemberRequest, template: str, page: KeyPage[ApiToken], **given: Any) -> HttpResponse:
    at = now()
    rows = [token_row(request, token, at) for token in page.rows]
    form = given.get("form")
    status = 422 if form is not None and form.errors else 200
    return render(request, template, {"rows": rows, "page": page, **given}, status=status)


def token_row(request: MemberRequest, token: ApiToken, at: datetime) -> dict[str, Any]:
    token.member.organization = request.member.organization  # its sign-on came with it
    return {
        "token": token,
        "may": [SCOPE_LABELS[scope] for scope in token.scopes],
        "expired": token.expired(at),
        "shut": not token.by_sign_on and must_sign_on(token.member),
    }
