"""What happened in the organization, from the audit log, as far as the reader may see what it is about."""

from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Case, Exists, OuterRef, Q, QuerySet, When
from django.db.models.functions import Cast

from foundation.database.keyset import beyond_key, find_edge, reverse_order, rows_after
from foundation.texts.ids import parse_id
from inbox.access import conversations_for
from inbox.models import Conversation
from networks.models import Outgoing, Profile
from organizations.models import AuditEntry, Member
from organizations.queries.audit import NEWEST_FIRST
from publishing.access import deliveries_for, posts_for
from publishing.models import Post
from teams.access import profiles_for
from teams.member_tasks.task_access import tasks_for
from teams.models import Task, Team

PAGE_SIZE = 50
MOST_SEARCHED = (
    2000  # entries that one page looks through, so that a reader who sees little does not make us read all of it
)
PAGED_MODELS: dict[str, Any] = {
    "post": Post,
    "conversation": Conversation,
    "profile": Profile,
    "team": Team,
    "task": Task,
}

# What every member may know of the others. Whatever is not named here is for admins and for whoever did it.
OPEN_VERBS = (
    "member.added",
    "member.returned",
    "member.left",
    "member.role_changed",
    "team.created",
    "team.changed",
    "team.dissolved",
    "team.joined",
    "team.leader_changed",
    "team.paused",
    "team.pause_changed",
    "team.released",
    "organization.paused",
    "organization.pause_changed",
    "organization.released",
    "organization.restored",
    "level.created",
    "level.changed",
    "level.deleted",
    "organization.created",
    "organization.changed",
    "organization.logo_changed",
    "organization.logo_removed",
    "organization.hours_changed",
    "organization.holiday_added",
    "organization.holiday_removed",
)


@dataclass(frozen=True, slots=True)
class ActivityPage:
    entries: list[AuditEntry]
    older: int | None


def fetch_activity(reader: Member, *, before: str = "") -> ActivityPage:
    """One page, newest first. Index audit_newest, twice; what is seen is asked of each floor's own policy."""
    everything: QuerySet[AuditEntry] = AuditEntry.objects.all()
    rows = rows_after(everything, NEWEST_FIRST, find_edge(everything, NEWEST_FIRST, parse_id(before)))
    edge = rows.values_list("at", "pk")[MOST_SEARCHED - 1 : MOST_SEARCHED].first()
    near = rows.filter(beyond_key(reverse_order(NEWEST_FIRST), edge, including=True)) if edge else rows
    shown = list(visible_entries(reader, near)[: PAGE_SIZE + 1])
    if len(shown) > PAGE_SIZE:
        return ActivityPage(shown[:PAGE_SIZE], shown[PAGE_SIZE - 1].pk)
    return ActivityPage(shown, edge[1] if edge else None)


def existing_targets(entries: list[AuditEntry]) -> set[tuple[str, str]]:
    """(kind, id) of the things that still are, one query for each kind; only they have a page."""
    existing = set()
    for kind, model in PAGED_MODELS.items():
        ids = {int(entry.target_id) for entry in entries if entry.target_kind == kind}
        if ids:
            existing |= {(kind, str(pk)) for pk in model.objects.filter(pk__in=ids).values_list("pk", flat=True)}
    return existing


def actors_by_id(entries: list[AuditEntry]) -> dict[int, Member]:
    """Who did it, by id, in one query; those who have left too."""
    return Member.ever.select_related("user").in_bulk({one.actor_id for one in entries if one.actor_id})


def visible_entries(reader: Member, rows: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
    """Admins see all of it; others what is open, their own, and what concerns things that they see."""
    if reader.is_admin:
        return rows
    profiles = profiles_for(reader, to="view")
    policies = {
        "post": posts_for(reader),
        "delivery": deliveries_for(reader),
        "conversation": conversations_for(reader),
        "profile": profiles,
        "task": tasks_for(reader),
        "outgoing": Outgoing.objects.filter(profile__in=profiles.values("pk")),
    }
    allowed = Q(verb__in=OPEN_VERBS) | Q(actor_id=reader.pk)
    for kind, visible in policies.items():
        allowed |= Q(Exists(visible.order_by().filter(pk=OuterRef("number"))), target_kind=kind)
    # inside a CASE, for only these kinds are sure to be named by a number
    number = Case(When(target_kind__in=policies, then=Cast("target_id", BigIntegerField())))
    return rows.annotate(number=number).filter(allowed)
