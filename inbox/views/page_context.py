"""What the inbox's templates are given."""

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from inbox import reply_limits
from inbox.access import has_conversation_right
from inbox.conversation_filters import ME, NOBODY, ConversationFilters
from inbox.models import Conversation
from inbox.queries.conversation_list import count_inbox_views, fetch_listing, next_waiting
from inbox.queries.conversation_thread import (
    fetch_thread,
    members_who_answer,
    other_conversations,
    pictures_of,
    teams_who_answer,
)
from organizations.gates import MemberRequest
from teams.access import has_verb_on, profiles_for
from teams.models import Team


def base_context(request: MemberRequest) -> dict[str, Any]:
    return {"member": request.member, "organization": request.member.organization}


def list_context(request: MemberRequest) -> dict[str, Any]:
    filters = ConversationFilters.of_page(request.GET)
    return {
        **base_context(request),
        **rows_context(request),
        **views_context(request),
        "filters": filters,
        "profiles": profiles_for(request.member, to="view").order_by("name", "id"),
        "kept": [pair for pair in filters.as_params().items() if pair[0] not in ("q", "profile")],
    }


def rows_context(request: MemberRequest) -> dict[str, Any]:
    filters = ConversationFilters.of_page(request.GET)
    before = request.GET.get("before", "")
    return {
        **base_context(request),
        "listing": fetch_listing(request.member, filters, before=before),
        "query": urlencode(filters.as_params()),
        "searching": bool(filters.q or filters.profile or filters.kind),
        "before": before,
        "assignee": filters.assignee,
        "team": filters.team,
        "state": filters.state,
    }


def views_context(request: MemberRequest) -> dict[str, Any]:
    filters = ConversationFilters.of_page(request.GET)
    teams = Team.objects.filter(memberships__member=request.member).order_by("name")
    number = count_inbox_views(request.member)
    views = [
        build_view_link(filters, _("Open"), "inbox", number["open"], state="open"),
        build_view_link(filters, _("Mine"), "user", number["mine"], state="open", assignee=ME),
        build_view_link(filters, _("Unassigned"), "circle-dashed", number["unassigned"], state="open", assignee=NOBODY),
        build_view_link(filters, _("Closed"), "circle-check", number["closed"], state="closed"),
    ]
    own = [build_view_link(filters, team.name, "users", None, state="open", team=team.pk) for team in teams]
    return {**base_context(request), "views": views, "team_views": own, "query": urlencode(filters.as_params())}


def build_view_link(
    filters: ConversationFilters, label: str, icon: str, count: int | None, **criteria: Any
) -> dict[str, Any]:
    target = ConversationFilters(**criteria)
    current = filters.but(q="", profile=None, kind=None)
    return {
        "label": label,
        "icon": icon,
        "count": count,
        "query": urlencode(target.as_params()),
        "active": current == target,
    }


def thread_context(request: MemberRequest, conversation: Conversation) -> dict[str, Any]:
    return {
        **head_context(request, conversation),
        **messages_context(request, conversation),
        **reply_context(request, conversation),
        "others": other_conversations(request.member, conversation),
        "pictures": pictures_of(conversation),
    }


def head_context(request: MemberRequest, conversation: Conversation) -> dict[str, Any]:
    member, filters = request.member, ConversationFilters.of_page(request.GET)
    assigns = has_conversation_right(member, conversation, "assign")
    colleagues = [one for one in members_who_answer(conversation.profile) if one != member] if assigns else []
    return {
        **base_context(request),
        "conversation": conversation,
        "assigns": assigns,
        "gives_back": not assigns and has_conversation_right(member, conversation, "give_back"),
        "takes": assigns and has_verb_on(member, "reply", conversation.profile_id),
        "closes": has_conversation_right(member, conversation, "close"),
        "colleagues": colleagues,
        "teams": teams_who_answer(conversation.profile) if assigns else [],
        "next": next_waiting(member, filters, conversation) if conversation.state == "closed" else None,
        "query": urlencode(filters.as_params()),
    }


def messages_context(
    request: MemberRequest, conversation: Conversation, *, before: str = "", start: str = ""
) -> dict[str, Any]:
    return {
        **base_context(request),
        "conversation": conversation,
        "thread": fetch_thread(conversation, before=before, start=start),
        "replies": has_conversation_right(request.member, conversation, "reply"),
    }


def reply_context(request: MemberRequest, conversation: Conversation, text: str = "") -> dict[str, Any]:
    network = conversation.profile.network
    return {
        **base_context(request),
        "conversation": conversation,
        "replies": has_conversation_right(request.member, conversation, "reply"),
        "takes_replies": reply_limits.takes_replies(network),
        "room": reply_limits.measure_text_room(network, text),
        "text": text,
    }
