"""Lists of posts, one post with its story, and what waits for the reader's decision."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from foundation.database.keyset import page_by_key
from foundation.texts.dates import format_planned_time
from networks.models import Profile
from networks.registry import adapter_class
from organizations.gates import MemberRequest, member_gate
from publishing.access import allowed_actions
from publishing.actions.content import unsent_parts_warning
from publishing.actions.review import is_scheduled_by_approval
from publishing.actions.schedule import needs_approval_first
from publishing.composing.threads import Wording
from publishing.forms import ListFilter
from publishing.limits import describe_adaptation
from publishing.models import Decision, Post
from publishing.queries.approvals import list_approvals
from publishing.queries.deciders import grantors_if_undecidable, pending_decisions
from publishing.queries.post_page import PostPage, load_post_page
from publishing.queries.posts import STATE_FILTERS, list_posts, visible_profiles
from publishing.queries.shown_posts import list_posts_with_profiles, rows_to_show
from publishing.states import CANCELLABLE_STATES, STARTED_STATES

PER_PAGE = 40
MOST_FILTER_PROFILES = 200  # in the filter


@member_gate
@require_safe
def show_posts(request: MemberRequest) -> HttpResponse:
    """One table for all states."""
    wanted = ListFilter(request.GET).wanted
    keys = {"after": wanted.pop("before", None), "before": wanted.pop("after", None)}
    page = page_by_key(rows_to_show(list_posts(request.member, **wanted)), ["-pk"], size=PER_PAGE, **keys)
    context: dict[str, Any] = {
        "posts": list_posts_with_profiles(page.rows, request.member),
        "older": page.later,
        "newer": page.earlier,
        "filters": wanted,
        "states": STATE_FILTERS,
    }
    if is_partial_request(request):
        return render(request, "publishing/_posts.html", context)
    context["profiles"] = visible_profiles(request.member)[:MOST_FILTER_PROFILES]
    return render(request, "publishing/posts.html", context)


@member_gate
@require_safe
def show_post(request: MemberRequest, pk: int) -> HttpResponse:
    """The words, where they went, and what happened on the way."""
    template = "publishing/_post.html" if is_partial_request(request) else "publishing/post.html"
    return render(request, template, post_context(request, pk))


def post_context(request: MemberRequest, pk: int) -> dict[str, Any]:
    member = request.member
    page = load_post_page(member, pk, now())
    one = page.post
    stuck = grantors_if_undecidable(one)
    by_itself = one.state == "in_review" and is_scheduled_by_approval(one, page.verbs)
    return {
        "page": page,
        "post": one,
        "may": possible_actions(page, allowed_actions(member, one, page.verbs)),
        "wordings": wordings_by_network(page),
        "originals": list(
            {file.asset: file for part in one.newest_revision.files() for file in part if file.original}.values()
        ),
        "decisions": Decision.objects.filter(revision__post=one).select_related("member__user", "revision"),
        "zone": member.time_zone,
        "written": request.GET.get("written", "")[:20],
        "asked_instead": stuck,
        "waits": None if stuck else pending_decisions([one]).get(one.pk),
        "approve_moment": format_planned_time(one.planned_at, member.time_zone) if by_itself and one.planned_at else "",
    }


def wordings_by_network(page: PostPage) -> list[tuple[str, Wording, list[Profile], str, list[str]]]:
    """What each network gets, which of its profiles, what stays away although nobody has said that it shall, and what
    becomes of pictures on the way."""
    profiles: dict[str, list[Profile]] = {}
    for profile in page.profiles:
        profiles.setdefault(profile.network, []).append(profile)
    one = page.post
    return [
        (
            network,
            one.newest_revision.wording_on(network),
            who,
            unsent_parts_note(one, network),
            adaptations_on_network(one, network),
        )
        for network, who in profiles.items()
    ]


def adaptations_on_network(one: Post, network: str) -> list[str]:
    adapter = adapter_class(network)
    files = [file for part in one.newest_revision.files() for file in part]
    adaptations = (describe_adaptation(file, adapter.capabilities, adapter.label) for file in files)
    return list(dict.fromkeys(filter(None, adaptations)))


def unsent_parts_note(one: Post, network: str) -> str:
    own, parts = one.newest_revision.wordings().get(network), len(one.newest_revision.parts)
    silent = own is not None and own.parts is None and parts and one.state in ("draft", "in_review", "approved")
    return unsent_parts_warning(adapter_class(network).label, parts) if silent else ""


def possible_actions(page: PostPage, rights: frozenset[str]) -> set[str]:
    """What the reader's rights and the post's state allow."""
    one, deliveries = page.post, page.deliveries
    found = {to for to in rights - {"schedule"} if one.MACHINE.allows(one.state, to)}
    states = {row.state for delivery in deliveries for row in delivery.parts}
    if one.state == "scheduled" and not states & CANCELLABLE_STATES:
        found -= {"cancel", "edit"}
    torn = any(delivery.progress and delivery.front.state in CANCELLABLE_STATES for delivery in deliveries)
    if torn or states & {"sending", "unknown"}:
        found.discard("edit")
    if "edit" in found and one.state == "draft" and not states:
        found.add("delete")
    if "schedule" in rights and may_be_scheduled(one, {delivery.parts[0].state for delivery in deliveries}):
        found.add("schedule")
    return found


def may_be_scheduled(one: Post, states: set[str]) -> bool:
    if one.state == "scheduled":
        return "waiting" in states and not states & STARTED_STATES
    return one.state == "approved" or (one.state == "draft" and not needs_approval_first(one))


@member_gate
@require_safe
def show_approvals(request: MemberRequest) -> HttpResponse:
    """What waits for this reader, the soonest first."""
    template = "publishing/_approvals.html" if is_partial_request(request) else "publishing/approvals.html"
    return render(request, template, {"approvals": list_approvals(request.member), "zone": request.member.time_zone})


def is_partial_request(request: MemberRequest) -> bool:
    return bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request
