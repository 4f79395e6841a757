"""Pages of the inbox and the parts that htmx asks for again."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from inbox.access import access_conversation
from inbox.views import context
from organizations.gates import MemberRequest, member_gate


@member_gate
@require_safe
def list_page(request: MemberRequest) -> HttpResponse:
    return render(request, "inbox/page.html", context.list_context(request))


@member_gate
@require_safe
def conversation_page(request: MemberRequest, pk: int) -> HttpResponse:
    """The whole page, or only its right half where a row was opened inside the page."""
    conversation = access_conversation(request.member, pk)
    shown = context.thread_context(request, conversation)
    if request.headers.get("HX-Target") == "inbox-pane":
        return render(request, "inbox/_pane.html", shown)
    return render(request, "inbox/page.html", {**context.list_context(request), **shown})


@member_gate
@require_safe
def rows(request: MemberRequest) -> HttpResponse:
    return render(request, "inbox/_rows.html", context.rows_context(request))


@member_gate
@require_safe
def views_pane(request: MemberRequest) -> HttpResponse:
    return render(request, "inbox/_views.html", context.views_context(request))


@member_gate
@require_safe
def head(request: MemberRequest, pk: int) -> HttpResponse:
    conversation = access_conversation(request.member, pk)
    return render(request, "inbox/_head.html", context.head_context(request, conversation))


@member_gate
@require_safe
def messages(request: MemberRequest, pk: int) -> HttpResponse:
    conversation = access_conversation(request.member, pk)
    before, start = request.GET.get("before", ""), request.GET.get("start", "")
    shown = context.messages_context(request, conversation, before=before, start=start)
    return render(request, "inbox/_earlier.html" if before else "inbox/_messages.html", shown)
