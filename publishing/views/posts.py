"""Lists of posts, one post with its story, and what waits for the reader's decision."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from foundation.texts.dates import spelt_planned
from networks.models import VERBS, Profile
from networks.registry import adapter_class
from organizations.gates import MemberRequest, member_gate
from organizations.models import Member
from publishing.access import allowed, posts_for
from publishing.access import one as one_of
from publishing.actions.content import stays_away
from publishing.actions.review import goes_by_itself
from publishing.actions.schedule import asks_approval
from publishing.composing.threads import Wording
from publishing.forms import ListFilter
from publishing.limits import adapted
from publishing.models import Decision, Post
from publishing.queries.deciders import asked_instead, awaited
from publishing.queries.parts import dress
from publishing.queries.posts import FILTERS, for_reading, listed, page_of, visible_profiles, waiting_for
from publishing.queries.queue import foresee
from publishing.queries.story import stories
from publishing.queries.versions import mark_changes
from publishing.states import BEGUN, STOPPABLE
from teams.access import verbs_on

IN_APPROVALS = 25
MOST_PROFILES = 200  # in the filter


@member_gate
@require_safe
def posts(request: MemberRequest) -> HttpResponse:
    """One table for all states."""
    wanted = ListFilter(request.GET).wanted
    keys = {"before": wanted.pop("before", None), "after": wanted.pop("after", None)}
    rows = for_reading(listed(request.member, **wanted), request.member)
    found, older, newer = page_of(rows, **keys)
    context = {"posts": found, "older": older, "newer": newer, "filters": wanted, "states": FILTERS}
    if is_partial(request):
        return render(request, "publishing/_posts.html", context)
    context["profiles"] = visible_profiles(request.member)[:MOST_PROFILES]
    return render(request, "publishing/posts.html", context)


@member_gate
@require_safe
def post(request: MemberRequest, pk: int) -> HttpResponse:
    """The words, where they went, and what happened on the way."""
    template = "publishing/_post.html" if is_partial(request) else "publishing/post.html"
    return render(request, template, post_context(request, pk))


def post_context(request: MemberRequest, pk: int) -> dict[str, Any]:
    member = request.member
    one = found_post(member, pk)
    told = stories(one.shown_deliveries)
    dress(one.shown_deliveries)
    foresee(one.shown_deliveries, now())
    # a profile that stood in for another is none of the post's own
    held = verbs_on(member, {*one.profile_ids, *(delivery.profile_id for delivery in one.shown_deliveries)})
    verbs = frozenset(VERBS).intersection(*(held[pk] for pk in one.profile_ids))
    for delivery in one.shown_deliveries:
        delivery.story = told.get(delivery.pk, [])
        delivery.mine = "publish" in held[delivery.profile_id]
    stuck = asked_instead(one)
    by_itself = one.state == "in_review" and goes_by_itself(one, verbs)
    return {
        "post": one,
        "may": possible(one, allowed(member, one, verbs)),
        "wordings": wordings_of(one),
        "originals": list(
            {file.asset: file for part in one.revision.files() for file in part if file.original}.values()
        ),
        "decisions": Decision.objects.filter(revision__post=one).select_related("member__user", "revision"),
        "zone": member.time_zone,
        "written": request.GET.get("written", "")[:20],
        "asked_instead": stuck,
        "waits": None if stuck else awaited([one]).get(one.pk),
        "approve_moment": spelt_planned(one.planned_at, member.time_zone) if by_itself else "",
    }


def found_post(member: Member, pk: int) -> Post:
    through = Post.profiles.through.objects.filter(post_id=OuterRef("pk"))
    rows = posts_for(member).annotate(profile_ids=ArraySubquery(through.values("profile_id")))
    post: Post = one_of(for_reading(rows, member), pk)
    return post


def wordings_of(one: Post) -> list[tuple[str, Wording, list[Profile], str, list[str]]]:
    """What each network gets, which of its profiles, what stays away although nobody has said that it shall, and what
    becomes of pictures on the way."""
    profiles: dict[str, list[Profile]] = {}
    for profile in one.shown_profiles:
        profiles.setdefault(profile.network, []).append(profile)
    said = one.revision.said_on
    return [
        (network, said(network), who, away_from(one, network), changes_to(one, network))
        for network, who in profiles.items()
    ]


def changes_to(one: Post, network: str) -> list[str]:
    adapter = adapter_class(network)
    files = [file for part in one.revision.files() for file in part]
    said = (adapted(file, adapter.capabilities, adapter.label) for file in files)
    return list(dict.fromkeys(filter(None, said)))


def away_from(one: Post, network: str) -> str:
    own, parts = one.revision.wordings().get(network), len(one.revision.parts)
    silent = own is not None and own.parts is None and parts and one.state in ("draft", "in_review", "approved")
    return stays_away(adapter_class(network).label, parts) if silent else ""


def possible(one: Post, rights: frozenset[str]) -> set[str]:
    """What the reader's rights and the post's state allow."""
    found = {to for to in rights - {"schedule"} if one.MACHINE.allows(one.state, to)}
    states = {row.state for delivery in one.shown_deliveries for row in delivery.parts}
    if one.state == "scheduled" and not states & STOPPABLE:
        found -= {"cancel", "edit"}
    torn = any(delivery.progress and delivery.front.state in STOPPABLE for delivery in one.shown_deliveries)
    if torn or states & {"sending", "unknown"}:
        found.discard("edit")
    if "edit" in found and one.state == "draft" and not states:
        found.add("delete")
    if "schedule" in rights and can_be_timed(one, {delivery.outgoing.state for delivery in one.shown_deliveries}):
        found.add("schedule")
    return found


def can_be_timed(one: Post, states: set[str]) -> bool:
    if one.state == "scheduled":
        return "waiting" in states and not states & BEGUN
    return one.state == "approved" or (one.state == "draft" and not asks_approval(one))


@member_gate
@require_safe
def approvals(request: MemberRequest) -> HttpResponse:
    """What waits for this reader, the soonest first."""
    rows = list(for_reading(waiting_for(request.member), request.member)[:IN_APPROVALS])
    mark_changes(rows)
    verbs = verbs_on(request.member, {p.pk for one in rows for p in one.shown_profiles})
    waiting = awaited(rows)
    for one in rows:
        one.waits = waiting.get(one.pk)
        one.goes = one.planned_at is not None and all("publish" in verbs[p.pk] for p in one.shown_profiles)
        one.moment = spelt_planned(one.planned_at, request.member.time_zone) if one.planned_at else ""
    template = "publishing/_approvals.html" if is_partial(request) else "publishing/approvals.html"
    return render(request, template, {"posts": rows, "zone": request.member.time_zone})


def is_partial(request: MemberRequest) -> bool:
    return bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request
