"""What people do in the inbox. Each answers with the part of the page that it changes."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from foundation.errors import AppError, Conflict, Invalid
from foundation.overtaking import Overtaken, format_seen_mark
from foundation.texts.ids import parse_id
from foundation.texts.written_text import with_line_feeds
from inbox import reply_limits
from inbox.access import access_conversation
from inbox.actions.assign import assign_conversation
from inbox.actions.reply import reply_to_conversation
from inbox.actions.triage import close_conversation, reopen_conversation
from inbox.actions.unsent_replies import resolve_reply, retry_reply, withdraw_reply
from inbox.models import Conversation, Message
from inbox.views import page_context
from organizations.access import access_member
from organizations.auditing.overtaken_changes import Overtaking, entries_since, posted_mark
from organizations.gates import MemberRequest, member_gate, redirect_within
from organizations.undo import add_undo_toast, undo_message
from teams.access import access_team


@member_gate
@require_POST
def send_reply(request: MemberRequest, pk: int) -> HttpResponse:
    """Sends the answer, or gives the text back together with what stands against it."""
    conversation = access_conversation(request.member, pk, to="reply")
    text = with_line_feeds(request.POST.get("text", ""))
    try:
        reply_to_conversation(request.member, conversation, text=text, seen=parse_id(request.POST.get("seen")) or 0)
    except Invalid as error:
        return render_reply_box(request, conversation, text, 422, errors=error.user_message)
    except Conflict as error:
        return render_reply_box(request, conversation, text, 409, errors=error.user_message, newer=error.newer)
    if not request.htmx:
        return redirect_within(request, "inbox:conversation", pk)
    return render_reply_box(request, conversation, "", 200, sent=True)


def render_reply_box(
    request: MemberRequest, conversation: Conversation, text: str, status: int, **more: Any
) -> HttpResponse:
    shown = {**page_context.reply_context(request, conversation, text), **more}
    if not request.htmx:
        shown = {**page_context.list_context(request), **page_context.thread_context(request, conversation), **shown}
        return render(request, "inbox/page.html", shown, status=status)
    return trigger_refresh(render(request, "inbox/_reply.html", shown, status=status), conversation)


def trigger_refresh(response: HttpResponse, conversation: Conversation) -> HttpResponse:
    """This page need not wait for its own event to come round."""
    for name in ("ops:inbox", f"ops:inbox:{conversation.pk}"):
        trigger_client_event(response, name)
    return response


@member_gate
@require_POST
def count_reply_text(request: MemberRequest, pk: int) -> HttpResponse:
    conversation = access_conversation(request.member, pk)
    room = reply_limits.measure_text_room(conversation.profile.network, with_line_feeds(request.POST.get("text", "")))
    return render(request, "inbox/_count.html", {"room": room})


@member_gate
@require_POST
def assign_conversation_view(request: MemberRequest, pk: int) -> HttpResponse:
    member, team = parse_id(request.POST.get("member")), parse_id(request.POST.get("team"))
    conversation = access_conversation(request.member, pk, to="assign" if member or team else "give_back")
    try:
        assign_conversation(
            request.member,
            conversation,
            member=access_member(request.member, member) if member else None,
            team=access_team(request.member, team) if team else None,
            seen=posted_mark(request),
        )
    except Overtaken:
        return render_overtaken_head(request, pk)
    except Invalid as error:  # their rights changed while the menu was open
        return toast_error(render_head(request, conversation), error)
    return render_head(request, conversation)


@member_gate
@require_POST
def close_conversation_view(request: MemberRequest, pk: int) -> HttpResponse:
    read = parse_id(request.POST.get("read"))
    return change_conversation_state(request, pk, partial(close_conversation, read=read))


@member_gate
@require_POST
def reopen_conversation_view(request: MemberRequest, pk: int) -> HttpResponse:
    return change_conversation_state(request, pk, reopen_conversation)


def change_conversation_state(request: MemberRequest, pk: int, act: Callable[..., Conversation]) -> HttpResponse:
    conversation = access_conversation(request.member, pk, to="close")
    try:
        act(request.member, conversation, seen=posted_mark(request))
    except Overtaken as error:
        answer = render_overtaken_head(request, pk)
        return answer if not request.htmx or request.htmx.target == "thread-head" else toast_error(answer, error)
    except Conflict as error:  # somebody else has just done it: show how it stands
        conversation = access_conversation(request.member, pk)
        return toast_error(render_head(request, conversation), error)
    return offer_undo(request, render_head(request, conversation), conversation)


def offer_undo(request: MemberRequest, response: HttpResponse, conversation: Conversation) -> HttpResponse:
    """What was closed can be opened again, from whichever conversation one has gone on to."""
    if conversation.state != "closed":
        return response
    url = reverse("inbox:reopen", args=[request.member.organization.slug, conversation.pk])
    values = {"seen": format_seen_mark(conversation.mark, now())}
    if request.htmx:
        add_undo_toast(response, _("Closed."), url, values)
    else:
        messages.success(request, undo_message(_("Closed."), url, values))
    return response


def render_overtaken_head(request: MemberRequest, pk: int) -> HttpResponse:
    """How it stands now, with who was there first."""
    conversation = access_conversation(request.member, pk)
    overtaking = Overtaking(entries_since(posted_mark(request), conversation))
    if request.htmx:
        shown = {**page_context.head_context(request, conversation), "overtaking": overtaking}
        return trigger_refresh(render(request, "inbox/_head.html", shown, status=409), conversation)
    shown = {
        **page_context.list_context(request),
        **page_context.thread_context(request, conversation),
        "overtaking": overtaking,
    }
    return render(request, "inbox/page.html", shown, status=409)


def render_head(request: MemberRequest, conversation: Conversation) -> HttpResponse:
    if not request.htmx:
        return redirect_within(request, "inbox:conversation", conversation.pk)
    shown = page_context.head_context(request, conversation)
    return trigger_refresh(render(request, "inbox/_head.html", shown), conversation)


@member_gate
@require_POST
def retry_reply_view(request: MemberRequest, pk: int, message: int) -> HttpResponse:
    seen = posted_mark(request)
    return decide_reply(request, pk, lambda one: retry_reply(request.member, one, message, seen=seen))


@member_gate
@require_POST
def resolve_reply_view(request: MemberRequest, pk: int, message: int) -> HttpResponse:
    there, seen = request.POST.get("there") == "yes", posted_mark(request)
    return decide_reply(request, pk, lambda one: resolve_reply(request.member, one, message, there=there, seen=seen))


@member_gate
@require_POST
def withdraw_reply_view(request: MemberRequest, pk: int, message: int) -> HttpResponse:
    seen = posted_mark(request)
    return decide_reply(request, pk, lambda one: withdraw_reply(request.member, one, message, seen=seen))


def decide_reply(request: MemberRequest, pk: int, act: Callable[[Conversation], Message]) -> HttpResponse:
    conversation = access_conversation(request.member, pk, to="reply")
    try:
        act(conversation)
    except Overtaken:
        return render_overtaken_messages(request, conversation)
    except Conflict as error:
        return toast_error(render_messages(request, conversation), error)
    return render_messages(request, conversation)


def render_overtaken_messages(request: MemberRequest, conversation: Conversation) -> HttpResponse:
    error = Overtaken(
        _("This answer does not stand as you saw it any more. Look at where it is now, then decide again.")
    )
    answer = render_messages(request, conversation, status=409)
    return toast_error(answer, error) if request.htmx else answer


def render_messages(request: MemberRequest, conversation: Conversation, status: int = 200) -> HttpResponse:
    if not request.htmx and status == 200:
        return redirect_within(request, "inbox:conversation", conversation.pk)
    if not request.htmx:
        shown = {**page_context.list_context(request), **page_context.thread_context(request, conversation)}
        return render(request, "inbox/page.html", shown | {"overtaking": Overtaking(())}, status=status)
    shown = page_context.messages_context(request, conversation, start=request.POST.get("start", ""))
    return trigger_refresh(render(request, "inbox/_messages.html", shown, status=status), conversation)


def toast_error(response: HttpResponse, error: AppError) -> HttpResponse:
    return trigger_client_event(response, "toast", {"kind": "warning", "text": error.user_message})
