"""Signing out one device from another."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foundation.database.lookups import get_or_not_found
from organizations.receivers import recheck_streams, record_everywhere
from organizations.sign_in.presence import signed_in_user


@require_POST
@login_required
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends one of one's own sessions: its next page asks to sign in, its event stream closes at once."""
    session = get_or_not_found(UserSession.objects.filter(user=request.user), pk)
    session.end()
    record_everywhere(signed_in_user(request), "session.ended", device=session.user_agent[:120])
    recheck_streams(signed_in_user(request))
    messages.success(request, _("That device is signed out."))
    return redirect("usersessions_list")
