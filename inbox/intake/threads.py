"""Which conversation a thing belongs to. Pure: it knows only what was looked up beforehand.

1. What it answers is known: the conversation of that message.
2. Somebody else came first who answers the same unknown message: a conversation waits under that message's id.
3. The post at the top of its thread is itself one of our messages: that conversation. Not so for our own posts, where
   each commenter has a conversation.
4. Others came first who answer *this* one: the conversation that waits under its id.
5. Else a new conversation, under its own id; or, when it answers something that we do not know, under that one's id,
   so that its siblings and the missing message itself find it, in whatever order they come.
When 1-3 and 4 name two conversations, this item is the link that was missing, and the two become one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from inbox.models import Contact, Conversation
from networks.contract import Inbound, InboundKind
from networks.models import Profile, RemotePost


@dataclass
class Threads:
    """What is known of a profile: conversations by the remote ids of their messages and by `root_id`; its own posts;
    the people by their remote ids."""

    profile: Profile
    homes: dict[str, Conversation]
    roots: dict[str, Conversation]
    posts: dict[str, RemotePost]
    contacts: dict[str, Contact]
    joined: list[tuple[Conversation, Conversation]] = field(default_factory=list)  # (ended, the one that goes on)

    def place(self, item: Inbound) -> Conversation | None:
        """The item's conversation, perhaps a new one; None for what we wrote ourselves outside of any."""
        found = self.find_answered(item)
        awaited = self.roots.get(item.remote_id)
        if found and awaited and found is not awaited:
            self.join(awaited, found)
        home = found or awaited or (None if item.from_self else self.begin(item))
        if home is None:
            return None
        if home is awaited:
            self.note_arrival(item, home)
        home.about = home.about or self.about(item)
        self.homes[item.remote_id] = home
        return home

    def find_answered(self, item: Inbound) -> Conversation | None:
        """Rules 1 to 3."""
        for remote_id in self.above(item):
            found = self.homes.get(remote_id) or self.roots.get(remote_id)
            if found:
                return found
        return None

    def above(self, item: Inbound) -> Iterable[str]:
        return [one for one in (item.parent_id, item.root_post_id) if one and one != item.remote_id]

    def begin(self, item: Inbound) -> Conversation:
        conversation = Conversation(
            organization_id=self.profile.organization_id,
            profile_id=self.profile.pk,
            contact=self.contact(item),
            kind=str(item.kind),
            root_id=self.key(item),
            last_message_at=item.sent_at,
        )
        self.roots[conversation.root_id] = conversation
        return conversation

    def key(self, item: Inbound) -> str:
        """Rule 5. A comment stands right beneath a post, so nothing is missing between the two."""
        if item.kind in (InboundKind.COMMENT, InboundKind.MENTION):
            return item.remote_id
        if item.kind == InboundKind.DIRECT:
            return item.root_post_id or item.remote_id
        if item.parent_id is None or item.parent_id in self.posts:
            return item.remote_id
        return item.parent_id

    def note_arrival(self, item: Inbound, home: Conversation) -> None:
        """The message that `home` waited for; where that answers an unknown one in turn, it waits for that one now."""
        if item.from_self:
            return
        home.kind = str(item.kind)
        home.contact = self.contact(item) or home.contact
        above = self.key(item)
        if above != item.remote_id and above not in self.roots:
            self.roots[above] = self.roots.pop(item.remote_id)
            home.root_id = above

    def join(self, ended: Conversation, kept: Conversation) -> None:
        self.joined.append((ended, kept))
        for known in (self.homes, self.roots):
            for remote_id, home in known.items():
                if home is ended:
                    known[remote_id] = kept

    def contact(self, item: Inbound) -> Contact | None:
        return self.contacts.get(item.author.remote_id) if item.author else None

    def about(self, item: Inbound) -> RemotePost | None:
        for remote_id in (item.root_post_id, item.parent_id):
            post = self.posts.get(remote_id or "")
            if post:
                return post
        return None
