"""What the inbox's templates are given."""

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from inbox import limits
from inbox.access import may
from inbox.filters import ME, NOBODY, Filters
from inbox.models import Conversation
from inbox.queries.listing import counts, next_after, page
from inbox.queries.thread import others_with, people_for, pictures_of, teams_for, thread
from organizations.gates import MemberRequest
from teams.access import can, profiles_for
from teams.models import Team


def base(request: MemberRequest) -> dict[str, Any]:
    return {"member": request.member, "organization": request.member.organization}


def list_context(request: MemberRequest) -> dict[str, Any]:
    filters = Filters.of_page(request.GET)
    return {
        **base(request),
        **rows_context(request),
        **views_context(request),
        "filters": filters,
        "profiles": profiles_for(request.member, to="view").order_by("name", "id"),
        "kept": [pair for pair in filters.as_params().items() if pair[0] not in ("q", "profile")],
    }


def rows_context(request: MemberRequest) -> dict[str, Any]:
    filters = Filters.of_page(request.GET)
    before = request.GET.get("before", "")
    return {
        **base(request),
        "listing": page(request.member, filters, before=before),
        "query": urlencode(filters.as_params()),
        "searching": bool(filters.q or filters.profile or filters.kind),
        "before": before,
        "assignee": filters.assignee,
        "team": filters.team,
        "state": filters.state,
    }


def views_context(request: MemberRequest) -> dict[str, Any]:
    filters = Filters.of_page(request.GET)
    teams = Team.objects.filter(memberships__member=request.member).order_by("name")
    number = counts(request.member)
    views = [
        view(filters, _("Open"), "inbox", number["open"], state="open"),
        view(filters, _("Mine"), "user", number["mine"], state="open", assignee=ME),
        view(filters, _("Unassigned"), "circle-dashed", number["unassigned"], state="open", assignee=NOBODY),
        view(filters, _("Closed"), "circle-check", number["closed"], state="closed"),
    ]
    own = [view(filters, team.name, "users", None, state="open", team=team.pk) for team in teams]
    return {**base(request), "views": views, "team_views": own, "query": urlencode(filters.as_params())}


def view(filters: Filters, label: str, icon: str, count: int | None, **wanted: Any) -> dict[str, Any]:
    target = Filters(**wanted)
    here = filters.but(q="", profile=None, kind=None)
    return {
        "label": label,
        "icon": icon,
        "count": count,
        "query": urlencode(target.as_params()),
        "active": here == target,
    }


def thread_context(request: MemberRequest, conversation: Conversation) -> dict[str, Any]:
    return {
        **head_context(request, conversation),
        **messages_context(request, conversation),
        **reply_context(request, conversation),
        "others": others_with(request.member, conversation),
        "pictures": pictures_of(conversation),
    }


def head_context(request: MemberRequest, conversation: Conversation) -> dict[str, Any]:
    member, filters = request.member, Filters.of_page(request.GET)
    assigns = may(member, conversation, "assign")
    colleagues = [one for one in people_for(conversation.profile) if one != member] if assigns else []
    return {
        **base(request),
        "conversation": conversation,
        "assigns": assigns,
        "gives_back": not assigns and may(member, conversation, "give_back"),
        "takes": assigns and can(member, "reply", conversation.profile_id),
        "closes": may(member, conversation, "close"),
        "colleagues": colleagues,
        "teams": teams_for(conversation.profile) if assigns else [],
        "next": next_after(member, filters, conversation) if conversation.state == "closed" else None,
        "query": urlencode(filters.as_params()),
    }


def messages_context(
    request: MemberRequest, conversation: Conversation, *, before: str = "", start: str = ""
) -> dict[str, Any]:
    return {
        **base(request),
        "conversation": conversation,
        "thread": thread(conversation, before=before, start=start),
        "replies": may(request.member, conversation, "reply"),
    }


def reply_context(request: MemberRequest, conversation: Conversation, text: str = "") -> dict[str, Any]:
    network = conversation.profile.network
    return {
        **base(request),
        "conversation": conversation,
        "replies": may(request.member, conversation, "reply"),
        "takes_replies": limits.replies(network),
        "room": limits.room(network, text),
        "text": text,
    }
