"""Lists of posts, one post with its story, and what waits for the reader's decision."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from organizations.gates import MemberRequest, member_gate
from publishing.access import access_post, allowed
from publishing.actions.review import goes_by_itself
from publishing.actions.schedule import asks_approval
from publishing.forms import ListFilter
from publishing.models import Decision, Post
from publishing.queries.composer import spelt
from publishing.queries.posts import FILTERS, for_reading, listed, page_of, visible_profiles, waiting_for, with_shown
from publishing.queries.story import stories
from teams.access import verbs_on

IN_APPROVALS = 50
MOST_PROFILES = 200  # in the filter


@member_gate
@require_GET
def posts(request: MemberRequest) -> HttpResponse:
    """One table for all states."""
    wanted = ListFilter(request.GET).wanted
    keys = {"before": wanted.pop("before", None), "after": wanted.pop("after", None)}
    rows = with_shown(for_reading(listed(request.member, **wanted), request.member))
    found, older, newer = page_of(rows, **keys)
    context = {"posts": found, "older": older, "newer": newer, "filters": wanted, "states": FILTERS}
    if is_partial(request):
        return render(request, "publishing/_posts.html", context)
    context["profiles"] = visible_profiles(request.member)[:MOST_PROFILES]
    return render(request, "publishing/posts.html", context)


@member_gate
@require_GET
def post(request: MemberRequest, pk: int) -> HttpResponse:
    """The words, where they went, and what happened on the way."""
    template = "publishing/_post.html" if is_partial(request) else "publishing/post.html"
    return render(request, template, post_context(request, pk))


def post_context(request: MemberRequest, pk: int) -> dict[str, Any]:
    member = request.member
    access_post(member, pk)
    one = with_shown(for_reading(Post.objects.filter(pk=pk), member)).get()
    told = stories(one.shown_deliveries)
    rights = verbs_on(member, [delivery.profile_id for delivery in one.shown_deliveries])
    for delivery in one.shown_deliveries:
        delivery.story = told.get(delivery.pk, [])
        delivery.mine = "publish" in rights[delivery.profile_id]
    words: dict[str, list[Any]] = {}
    for profile in one.shown_profiles:
        words.setdefault(profile.network, []).append(profile)
    wordings = one.revision.wordings()
    return {
        "post": one,
        "may": possible(member, one),
        "wordings": [(network, wordings.get(network, one.revision.text), who) for network, who in words.items()],
        "decisions": Decision.objects.filter(revision__post=one).select_related("member__user", "revision"),
        "zone": member.time_zone,
        "written": request.GET.get("written", "")[:20],
        **on_approval(member, one),
    }


def possible(member: Any, one: Post) -> set[str]:
    """What the reader may do and the post's state allows."""
    rights = allowed(member, one)
    found = set()
    for to, event in (("edit", "edit"), ("submit", "submit"), ("approve", "approve"), ("cancel", "cancel")):
        if to in rights and one.MACHINE.allows(one.state, event):
            found.add(to)
    movable = one.state in ("draft", "approved") or one.shown in ("scheduled", "held")
    if (
        "schedule" in rights
        and movable
        and one.state != "cancelled"
        and not (one.state == "draft" and asks_approval(one))
    ):
        found.add("schedule")
    if one.state == "scheduled":
        states = {delivery.outgoing.state for delivery in one.shown_deliveries}
        found -= set() if states & {"waiting", "failed"} else {"cancel", "edit"}
        found -= {"edit"} if states & {"sending", "unknown"} else set()
    if "edit" in found and one.state == "draft" and not one.shown_deliveries:
        found.add("delete")
    return found


def on_approval(member: Any, one: Post) -> dict[str, str]:
    """What the approve button will do besides."""
    if one.state != "in_review" or not goes_by_itself(member, one):
        return {"approve_moment": ""}
    return {"approve_moment": spelt(one.planned_at, member.time_zone)}


@member_gate
@require_GET
def approvals(request: MemberRequest) -> HttpResponse:
    """What waits for this reader, the soonest first."""
    rows = list(for_reading(waiting_for(request.member), request.member)[:IN_APPROVALS])
    verbs = verbs_on(request.member, {p.pk for one in rows for p in one.shown_profiles})
    for one in rows:
        one.goes = one.planned_at is not None and all("publish" in verbs[p.pk] for p in one.shown_profiles)
        one.moment = spelt(one.planned_at, request.member.time_zone) if one.planned_at else ""
    template = "publishing/_approvals.html" if is_partial(request) else "publishing/approvals.html"
    return render(request, template, {"posts": rows, "zone": request.member.time_zone})


def is_partial(request: MemberRequest) -> bool:
    return bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request
