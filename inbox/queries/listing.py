"""The list of conversations: filtered, newest first, paged by key."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from foundation.texts.search import Found, Parts, Words
from inbox.access import conversations_for
from inbox.filters import ME, NOBODY, Filters, number
from inbox.models import Contact, Conversation, Message
from organizations.models import Member
from organizations.queries.absences import stands_in_for

PAGE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Listing:
    rows: list[Conversation]
    older: str | None  # the key after which the next page begins


def selected(member: Member, filters: Filters) -> QuerySet[Conversation]:
    """What `member` may see and `filters` asks for, with all that a row shows. Index conversation_newest."""
    rows = conversations_for(member).select_related("profile", "contact", "assignee__user", "team")
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.assignee == ME:
        rows = rows.filter(mine(member))
    elif filters.assignee == NOBODY:
        rows = rows.filter(assignee=None, team=None)
    elif filters.assignee:
        rows = rows.filter(assignee=int(filters.assignee))
    exact = {name: value for name in ("team", "profile", "kind") if (value := getattr(filters, name))}
    return search(rows.filter(**exact), filters.q)


def mine(member: Member) -> Q:
    """Assigned to the member, or to somebody for whom they stand in."""
    return Q(assignee=member) | Q(assignee__in=stands_in_for(member))


def search(rows: QuerySet[Conversation], q: str) -> QuerySet[Conversation]:
    """Every word of `q` begins one of one message, or is part of the contact's name and handle."""
    if not q:
        return rows
    people = Contact.objects.filter(Found(Parts("name", "handle"), q))
    messages = Message.objects.filter(Found(Words("text"), q))
    # a UNION and not an OR: PostgreSQL joins it, and would ask an OR of two subqueries again for every row
    found = Conversation.objects.filter(contact__in=people).values("pk").union(messages.values("conversation"))
    return rows.filter(pk__in=found)


def page(member: Member, filters: Filters, *, before: str = "") -> Listing:
    """One page in one query, whatever its size."""
    rows = selected(member, filters).order_by("-last_message_at", "-id")
    if key := read_key(before):
        at, pk = key
        rows = rows.filter(Q(last_message_at__lt=at) | Q(last_message_at=at, pk__lt=pk))
    found = list(rows[: PAGE + 1])
    older = write_key(found[PAGE - 1].last_message_at, found[PAGE - 1].pk) if len(found) > PAGE else None
    return Listing(found[:PAGE], older)


def next_after(member: Member, filters: Filters, conversation: Conversation) -> Conversation | None:
    """What waits next in the list from which `conversation` was opened: the one below it, else the first."""
    rows = selected(member, filters.but(state="open")).exclude(pk=conversation.pk).exclude(unanswered_since=None)
    newest = rows.order_by("-last_message_at", "-id")
    found: Conversation | None = newest.filter(last_message_at__lte=conversation.last_message_at).first()
    return found or newest.first()


def counts(member: Member) -> dict[str, int]:
    """How many stand in each view, in one query."""
    open_ = Q(state="open")
    return conversations_for(member).aggregate(
        open=Count("pk", filter=open_),
        mine=Count("pk", filter=open_ & mine(member)),
        unassigned=Count("pk", filter=open_ & Q(assignee=None, team=None)),
        closed=Count("pk", filter=Q(state="closed")),
    )


def write_key(at: datetime, pk: int) -> str:
    return f"{(at - EPOCH) // MICROSECOND}-{pk}"


def read_key(key: str) -> tuple[datetime, int] | None:
    """None for what is no key, so that an altered address shows the first page."""
    moment, _, pk = key.partition("-")
    micros, row = number(moment), number(pk)
    if micros is None or row is None or micros > 10**16:
        return None
    return EPOCH + micros * MICROSECOND, row
