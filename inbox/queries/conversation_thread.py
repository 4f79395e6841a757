"""One conversation as it is read: what was said, whom it is with, who may take it."""

from dataclasses import dataclass

from django.db.models import QuerySet

from foundation.database.keyset import beyond_key, format_time_key, parse_time_key, reverse_order
from inbox.access import conversations_for
from inbox.models import Conversation, Message
from networks.contract import Media, MediaKind
from networks.models import Profile
from organizations.models import Member
from teams.models import Team
from teams.queries.grant_reasons import members_who_may, teams_who_may

PAGE_SIZE = 50
LONGEST_THREAD = 500
NEWEST_FIRST = ("-sent_at", "-id")


@dataclass(frozen=True, slots=True)
class Thread:
    messages: list[Message]  # oldest first
    first: str | None  # the key of the first one shown
    earlier: bool  # whether there are others before it
    seen: int | None  # the highest id shown

    @property
    def before(self) -> str | None:
        return self.first if self.earlier else None


def messages_of(conversation: Conversation) -> QuerySet[Message]:
    return Message.objects.filter(conversation=conversation).select_related("contact", "writer__user", "outgoing")


def fetch_thread(conversation: Conversation, *, before: str = "", start: str = "") -> Thread:
    """The newest page; or the one `before` a key; or all from the key `start` on, so that a refresh keeps its place."""
    rows = messages_of(conversation)
    limit = PAGE_SIZE
    if key := parse_time_key(before):
        rows = rows.filter(beyond_key(NEWEST_FIRST, key))
    elif key := parse_time_key(start):
        rows, limit = rows.filter(beyond_key(reverse_order(NEWEST_FIRST), key, including=True)), LONGEST_THREAD
    found = list(rows.order_by(*NEWEST_FIRST)[: limit + 1])
    shown = found[:limit][::-1]
    first = format_time_key(shown[0].sent_at, shown[0].pk) if shown else None
    return Thread(shown, first, len(found) > limit, max((one.pk for one in shown), default=None))


def pictures_of(conversation: Conversation) -> dict[int, Media]:
    """{place among its files: picture} of the post of ours that it is about; nothing of what others posted."""
    outgoing = conversation.about.outgoing if conversation.about else None
    files = [Media.from_json(one) for one in outgoing.draft.get("media", ())] if outgoing else []
    return {place: one for place, one in enumerate(files) if one.kind != MediaKind.VIDEO}


def other_conversations(member: Member, conversation: Conversation) -> list[Conversation]:
    """Other conversations with the same person that `member` may see, newest first."""
    if conversation.contact_id is None:
        return []
    rows = conversations_for(member).filter(contact=conversation.contact_id).exclude(pk=conversation.pk)
    return list(rows.select_related("profile").order_by("-last_message_at", "-id")[:5])


def members_who_answer(profile: Profile) -> QuerySet[Member]:
    """Everybody who may answer there, and so may be given its conversations."""
    return members_who_may(profile, "reply").select_related("user").order_by("user__name", "user__email")


def teams_who_answer(profile: Profile) -> QuerySet[Team]:
    return teams_who_may(profile, "reply").order_by("name")
