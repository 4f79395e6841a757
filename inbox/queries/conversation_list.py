"""The list of conversations: filtered, newest first, paged by key."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from foundation.database.keyset import page_by_time
from foundation.texts.search import MatchesQuery, Parts, Words
from inbox.access import conversations_for
from inbox.conversation_filters import ME, NOBODY, ConversationFilters
from inbox.models import Contact, Conversation, Message
from organizations.models import Member
from organizations.queries.absences import deputised_member_ids

PAGE_SIZE = 50
NEWEST_FIRST = ("-last_message_at", "-id")


@dataclass(frozen=True, slots=True)
class ConversationListing:
    rows: list[Conversation]
    older: str | None  # the key after which the next page begins


def filter_conversations(member: Member, filters: ConversationFilters) -> QuerySet[Conversation]:
    """What `member` may see and `filters` asks for, with all that a row shows. Index conversation_newest."""
    rows = conversations_for(member).select_related("profile", "contact", "assignee__user", "team")
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.assignee == ME:
        rows = rows.filter(assigned_to_member(member))
    elif filters.assignee == NOBODY:
        rows = rows.filter(assignee=None, team=None)
    elif filters.assignee:
        rows = rows.filter(assignee=int(filters.assignee))
    exact = {name: value for name in ("team", "profile", "kind") if (value := getattr(filters, name))}
    return search_conversations(rows.filter(**exact), filters.q)


def assigned_to_member(member: Member) -> Q:
    """Assigned to the member, or to somebody for whom they stand in."""
    return Q(assignee=member) | Q(assignee__in=deputised_member_ids(member))


def search_conversations(rows: QuerySet[Conversation], q: str) -> QuerySet[Conversation]:
    """Every word of `q` begins one of one message, or is part of the contact's name and handle."""
    if not q:
        return rows
    people = Contact.objects.filter(MatchesQuery(Parts("name", "handle"), q))
    messages = Message.objects.filter(MatchesQuery(Words("text"), q))
    # a UNION and not an OR: PostgreSQL joins it, and would ask an OR of two subqueries again for every row
    found = Conversation.objects.filter(contact__in=people).values("pk").union(messages.values("conversation"))
    return rows.filter(pk__in=found)


def fetch_listing(member: Member, filters: ConversationFilters, *, before: str = "") -> ConversationListing:
    """One page in one query, whatever its size."""
    return ConversationListing(
        *page_by_time(filter_conversations(member, filters), NEWEST_FIRST, size=PAGE_SIZE, after=before)
    )


def next_waiting(member: Member, filters: ConversationFilters, conversation: Conversation) -> Conversation | None:
    """What waits next in the list from which `conversation` was opened: the one below it, else the first."""
    rows = (
        filter_conversations(member, filters.but(state="open"))
        .exclude(pk=conversation.pk)
        .exclude(unanswered_since=None)
    )
    newest = rows.order_by(*NEWEST_FIRST)
    found: Conversation | None = newest.filter(last_message_at__lte=conversation.last_message_at).first()
    return found or newest.first()


def count_inbox_views(member: Member) -> dict[str, int]:
    """How many stand in each view, in one query."""
    open_ = Q(state="open")
    return conversations_for(member).aggregate(
        open=Count("pk", filter=open_),
        mine=Count("pk", filter=open_ & assigned_to_member(member)),
        unassigned=Count("pk", filter=open_ & Q(assignee=None, team=None)),
        closed=Count("pk", filter=Q(state="closed")),
    )
