"""Pages of the inbox and the parts that htmx asks for again."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from inbox.access import access_conversation
from inbox.views import page_context
from organizations.gates import MemberRequest, member_gate


@member_gate
@require_safe
def show_inbox(request: MemberRequest) -> HttpResponse:
    return render(request, "inbox/page.html", page_context.list_context(request))


@member_gate
@require_safe
def show_conversation(request: MemberRequest, pk: int) -> HttpResponse:
    """The whole page, or only its right half where a row was opened inside the page."""
    conversation = access_conversation(request.member, pk)
    shown = page_context.thread_context(request, conversation)
    if request.headers.get("HX-Target") == "inbox-pane":
        return render(request, "inbox/_pane.html", shown)
    return render(request, "inbox/page.html", {**page_context.list_context(request), **shown})


@member_gate
@require_safe
def show_inbox_rows(request: MemberRequest) -> HttpResponse:
    return render(request, "inbox/_rows.html", page_context.rows_context(request))


@member_gate
@require_safe
def show_inbox_views(request: MemberRequest) -> HttpResponse:
    return render(request, "inbox/_views.html", page_context.views_context(request))


@member_gate
@require_safe
def show_conversation_head(request: MemberRequest, pk: int) -> HttpResponse:
    conversation = access_conversation(request.member, pk)
    return render(request, "inbox/_head.html", page_context.head_context(request, conversation))


@member_gate
@require_safe
def show_messages(request: MemberRequest, pk: int) -> HttpResponse:
    conversation = access_conversation(request.member, pk)
    before, start = request.GET.get("before", ""), request.GET.get("start", "")
    shown = page_context.messages_context(request, conversation, before=before, start=start)
    return render(request, "inbox/_earlier.html" if before else "inbox/_messages.html", shown)
