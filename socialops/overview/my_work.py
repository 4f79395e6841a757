"""My work: everything that waits for one member, in one list. What is due comes first, then what waits longest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.access import conversations_for
from inbox.models import Conversation
from networks.models import Profile
from organizations.models import Member
from organizations.queries.absences import deputised_member_ids
from publishing.access import owner_ids_of, posts_for
from publishing.models import Decision, Post
from publishing.queries.delivery_parts import DeliveryParts
from publishing.queries.posts import posts_to_decide
from teams.access import profiles_for
from teams.member_tasks.task_access import team_ids_of
from teams.models import Task
from teams.queries.tasks import tasks_waiting_for

MOST_ITEMS = 20
COUNTED_PLACES = ("inbox", "approvals", "tasks")
STUCK_ACTIONS = {"unknown": gettext_lazy("Look and decide"), "waiting": gettext_lazy("Decide when it leaves")}


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing to see to: what it is, since or until when, and the one place where it is done."""

    key: str
    state: str
    title: str
    at: datetime | None
    url: str
    action: str
    profile: Profile | None = None
    reason: str = ""
    due: bool = False  # whether `at` is when it must be done, or since when it waits
    whose: str = ""  # the absent colleague for whom it is done


def list_my_work(member: Member, stuck: list[DeliveryParts]) -> list[WorkItem]:
    """In six queries beside `stuck`, the deliveries of one's own posts that need somebody."""
    slug = member.organization.slug
    absent = Member.objects.filter(pk__in=deputised_member_ids(member)).select_related("user")
    names = {one.pk: one.name for one in absent}
    people = [member.pk, *names]
    tasks = tasks_waiting_for(people, member)[:MOST_ITEMS]
    approvals = posts_to_decide(member).select_related("revision", "author__user")[:MOST_ITEMS]
    talks = list(waiting_conversations(member, people)[:MOST_ITEMS])
    answering = profiles_for(member, to="reply").filter(pk__in={one.profile_id for one in talks})
    answers = set(answering.values_list("pk", flat=True))
    items = [
        *(item_of_delivery(slug, one) for one in stuck),
        *(item_of_task(slug, task, names) for task in tasks),
        *(item_of_approval(slug, post) for post in approvals),
        *(item_of_conversation(slug, one, names, answers=one.profile_id in answers) for one in talks),
        *(item_of_returned(slug, post, names) for post in returned_posts(member, people)[:MOST_ITEMS]),
    ]
    return sort_by_urgency(items)[:MOST_ITEMS]


def count_waiting(member: Member) -> dict[str, int]:
    """How much waits for the member and nobody else's turn, by the place where it is done. In one query."""
    rows = {
        "inbox": waiting_conversations(member, [member.pk]),
        "approvals": posts_to_decide(member),
        "tasks": tasks_waiting_for([member.pk], member),
    }
    own = Member.objects.filter(pk=member.pk)
    found = own.values_list(*(count_expression(rows[key]) for key in COUNTED_PLACES)).get()
    return dict(zip(COUNTED_PLACES, found, strict=True))


def count_expression(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("organization").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def sort_by_urgency(items: list[WorkItem]) -> list[WorkItem]:
    """Due first, then by how long it has waited; what has no time comes last."""
    return sorted(items, key=lambda item: (not item.due, item.at is None, item.at))


def waiting_conversations(member: Member, people: list[int]) -> QuerySet[Conversation]:
    """Given to these people, or to a team of the member's while nobody has taken them and the member may."""
    answering = profiles_for(member, to="reply").values("pk")
    free = Q(assignee=None, team__in=team_ids_of(member), profile__in=answering)
    rows = conversations_for(member).filter(Q(assignee__in=people) | free, state="open")
    return rows.select_related("profile", "contact").order_by(Coalesce("unanswered_since", "last_message_at"), "pk")


def returned_posts(member: Member, people: list[int]) -> QuerySet[Post]:
    """Posts of these people, and of whom the member succeeded, that were sent back and not rewritten since."""
    refusals = Decision.objects.filter(revision=OuterRef("revision"), approved=False)
    whose = Q(author__in=people) | Q(author__in=owner_ids_of(member))
    rows = posts_for(member).filter(whose, Exists(refusals), state="draft")
    return rows.select_related("revision").order_by(F("planned_at").asc(nulls_last=True), "pk")


def item_of_delivery(slug: str, parts: DeliveryParts) -> WorkItem:
    delivery, row = parts.delivery, parts.front
    return WorkItem(
        key=f"delivery-{delivery.pk}",
        state="held" if row.state == "waiting" else row.state,
        title=delivery.revision.title,
        at=row.planned_at,
        url=reverse("publishing:post", args=[slug, delivery.post_id]),
        action=str(STUCK_ACTIONS.get(row.state, _("See why, try again"))),
        profile=delivery.profile,
        reason=row.reason,
        due=True,
    )


def item_of_task(slug: str, task: Task, names: dict[int, str]) -> WorkItem:
    giver = task.giver.name if task.giver and task.giver_id != task.assignee_id else ""
    return WorkItem(
        key=f"task-{task.pk}",
        state=task.state,
        title=task.title,
        at=task.due_at or task.created_at,
        url=reverse("tasks:task", args=[slug, task.pk]),
        action=_("Accept") if task.state == "open" else _("Finish"),
        reason=_("for %(team)s") % {"team": task.team.name} if task.team else _("from %s") % giver if giver else "",
        due=task.due_at is not None,
        whose=names.get(task.assignee_id or 0, ""),
    )


def item_of_approval(slug: str, post: Post) -> WorkItem:
    return WorkItem(
        key=f"post-{post.pk}",
        state="in_review",
        title=post.revision.title if post.revision else "",
        at=post.planned_at or post.created_at,
        url=reverse("publishing:post", args=[slug, post.pk]),
        action=_("Read and decide"),
        reason=_("by %(name)s") % {"name": post.author.name} if post.author else "",
        due=post.planned_at is not None,
    )


def item_of_returned(slug: str, post: Post, names: dict[int, str]) -> WorkItem:
    return WorkItem(
        key=f"returned-{post.pk}",
        state="rejected",
        title=post.revision.title if post.revision else "",
        at=post.planned_at or post.created_at,
        url=reverse("publishing:post", args=[slug, post.pk]),
        action=_("Read and rewrite"),
        reason=post.review_note,
        due=post.planned_at is not None,
        whose=names.get(post.author_id or 0, ""),
    )


def item_of_conversation(slug: str, one: Conversation, names: dict[int, str], *, answers: bool) -> WorkItem:
    """`answers`: whether the reader may; who may not any more can still give it back, or read it for the absent one."""
    read = _("Read") if one.assignee_id in names else _("Give it back")
    who = one.contact.name if one.contact else _("Somebody")
    return WorkItem(
        key=f"conversation-{one.pk}",
        state="open",
        title=f"{who}: {one.snippet}",
        at=one.unanswered_since or one.last_message_at,
        url=reverse("inbox:conversation", args=[slug, one.pk]),
        action=_("Answer") if answers else read,
        profile=one.profile,
        whose=names.get(one.assignee_id or 0, ""),
    )
