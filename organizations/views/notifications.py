"""The bell, the list behind it, and how one wants to be told."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.errors import Invalid
from organizations.actions.notifications import (
    change_notification_settings,
    read_all_notifications,
    read_notification,
)
from organizations.configuration.settings_forms import show_errors
from organizations.gates import MemberRequest, member_gate, redirect_within
from organizations.notifications.notification_forms import NotificationForm
from organizations.queries.notifications import newest_notices, notice_page


@member_gate
@require_safe
def list_notices(request: MemberRequest) -> HttpResponse:
    """All of one's notices; for htmx the part that changes."""
    lines, older = notice_page(request.member, request.GET.get("before", ""))
    context = {**notification_context(request), "lines": lines, "older": older}
    partial = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    return render(request, f"notifications/{'_list' if partial else 'list'}.html", context)


@member_gate
@require_safe
def show_bell(request: MemberRequest) -> HttpResponse:
    """What the bell opens."""
    return render(
        request, "notifications/_bell.html", {**notification_context(request), "lines": newest_notices(request.member)}
    )


@member_gate
@require_safe
def show_badge(request: MemberRequest) -> HttpResponse:
    return render(request, "notifications/_badges.html", notification_context(request))


@member_gate
@require_safe
def open_notice(request: MemberRequest, pk: int) -> HttpResponse:
    """On to what it is about. Opening is what marks it as read; doing so twice changes nothing more."""
    return redirect(read_notification(request.member, pk).address)


@member_gate
@require_POST
def mark_all_read(request: MemberRequest) -> HttpResponse:
    read_all_notifications(request.member)
    if request.htmx:
        request.member.unread = 0  # type: ignore[attr-defined]  # counted when the gate opened
        return render_bell_with_badges(request)
    return redirect_within(request, "organizations:notifications")


def render_bell_with_badges(request: MemberRequest) -> HttpResponse:
    context = {**notification_context(request), "lines": newest_notices(request.member), "with_badges": True}
    return render(request, "notifications/_bell.html", context)


@member_gate
@require_http_methods(["GET", "HEAD", "POST"])
def show_notification_settings(request: MemberRequest) -> HttpResponse:
    """Kinds by channels, quiet hours, and when the digest comes."""
    form = NotificationForm(request.POST or None, member=request.member)
    if form.is_valid():
        try:
            change_notification_settings(request.member, **form.action_arguments())
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            messages.success(request, _("You are told as you chose from now on."))
            return redirect_within(request, "organizations:notification_settings")
    status = 422 if form.errors else 200
    return render(request, "notifications/settings.html", {"form": form, "rows": form.rows()}, status=status)


def notification_context(request: MemberRequest) -> dict[str, Any]:
    return {"member": request.member, "organization": request.member.organization}
