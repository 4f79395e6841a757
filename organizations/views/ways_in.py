"""Every way into one's own account, in one place: looked at, and taken away."""

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import Conflict, NotFound
from organizations.actions.ways_in import remove_ways
from organizations.queries.ways_in import Way, WayKind, ways_in
from organizations.sign_in.presence import signed_in_user

REMOVAL_MAILS = {WayKind.PASSKEY: "mfa/email/webauthn_removed", WayKind.APP: "mfa/email/totp_deactivated"}


@never_cache
@login_required
@require_safe
def show_ways_in(request: HttpRequest) -> HttpResponse:
    found = own_ways(request)
    groups = [{"kind": kind.value, "ways": [way for way in found if way.kind == kind]} for kind in WayKind]
    has_passkey = any(way.kind == WayKind.PASSKEY for way in found)
    context = {"groups": [group for group in groups if group["ways"]], "has_passkey": has_passkey}
    return render(request, "account/ways_in.html", context)


@login_required
@require_POST
def remove_way_in(request: HttpRequest) -> HttpResponse:
    """One of them; the proof was asked for on the way here (organizations/sign_in/account_access.py)."""
    user = signed_in_user(request)
    found = own_ways(request)
    way = next((one for one in found if one.key == request.POST.get("way") and not one.is_current), None)
    if way is None:
        raise NotFound
    if way.kind == WayKind.PASSWORD and not any(one.kind == WayKind.PASSKEY for one in found):
        raise Conflict(_("Add a passkey first: without the password nothing of your own would let you in."))
    remove_ways(user, [way])
    if way.kind == WayKind.PASSWORD:
        update_session_auth_hash(request, user)
        UserSession.objects.create_from_request(request)
    if mail := REMOVAL_MAILS.get(way.kind):
        get_adapter().send_notification_mail(mail, user)
    messages.success(request, _("Removed: “%s” lets nobody in any more.") % way.name)
    return redirect("sign_on:ways_in")


def own_ways(request: HttpRequest) -> list[Way]:
    return ways_in(signed_in_user(request), session_key=request.session.session_key or "")
