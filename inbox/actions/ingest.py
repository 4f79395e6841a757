"""Storing what came in: in bulk, once, in whatever order."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now

from foundation.processes import realtime
from inbox.actions.contacts import store_contacts
from inbox.actions.conversation_joining import join_conversations, reopen_closed
from inbox.actions.echoes import is_echo, link_copies, texts_in_flight
from inbox.conversation_counts import COUNTED_FIELDS, annotate_elsewhere, count_messages, recount_waiting
from inbox.conversation_notices import notify_reply_wanted
from inbox.intake.id_sequence import reserve_ids
from inbox.intake.inbound_cleaning import clean_inbounds, sort_parents_first
from inbox.intake.intake_lock import lock_intake
from inbox.intake.threads import Threads
from inbox.models import Conversation, Message
from networks.contract import Inbound
from networks.models import Profile, RemotePost

MOST_PINGS = 20


@transaction.atomic
def ingest_inbound(profile: Profile, items: Sequence[Inbound]) -> list[Message]:
    """Stores what is not stored yet and returns it. The same items again change nothing.

    One batch costs a fixed number of queries, whatever its size. Batches of one profile wait for each other; the rows
    are their own record, so nothing goes to the audit log. Which conversation an item joins: `inbox.intake.threads`.
    """
    found = clean_inbounds(items, now())
    lock_intake(profile.pk)
    stored = Message.objects.filter(profile=profile, remote_id__in=list(found)).values_list("remote_id", flat=True)
    known = set(stored)
    fresh = {remote_id: item for remote_id, item in found.items() if remote_id not in known}
    return store_inbound(profile, fresh) if fresh else []


def store_inbound(profile: Profile, fresh: dict[str, Inbound]) -> list[Message]:
    own = any(item.from_self for item in fresh.values())
    in_flight = texts_in_flight(profile) if own else set()
    named = {name for one in fresh.values() for name in (one.remote_id, one.parent_id, one.root_post_id) if name}
    copies = {post.remote_id: post for post in RemotePost.objects.filter(profile=profile, remote_id__in=named)}
    echoes = [one for one in fresh.values() if one.from_self and is_echo(one, copies, in_flight)]
    if echoes:
        link_copies(copies, echoes)
        for one in echoes:
            del fresh[one.remote_id]
    threads = load_threads(profile, named, copies, fresh)
    placed = [(item, home) for item in sort_parents_first(fresh) if (home := threads.place(item))]
    return write_messages(threads, placed)


def load_threads(
    profile: Profile, named: set[str], copies: dict[str, RemotePost], fresh: dict[str, Inbound]
) -> Threads:
    ours = [post.outgoing_id for post in copies.values() if post.outgoing_id]
    messages = Message.objects.filter(Q(remote_id__in=named) | Q(outgoing__in=ours), profile=profile)
    homes = list(messages.values_list("remote_id", "outgoing__remote_post__remote_id", "conversation_id"))
    rows = annotate_elsewhere(Conversation.objects.select_for_update(of=("self",))).filter(
        Q(pk__in={pk for _, _, pk in homes}) | Q(root_id__in=named), profile=profile
    )
    held = {row.pk: row for row in rows.order_by("pk")}
    return Threads(
        profile=profile,
        homes={name: held[pk] for remote_id, copy_id, pk in homes for name in (remote_id, copy_id) if name},
        roots={row.root_id: row for row in held.values()},
        posts={remote_id: post for remote_id, post in copies.items() if post.kind == "post"},
        contacts=store_contacts(profile, fresh.values()),
    )


def write_messages(threads: Threads, placed: list[tuple[Inbound, Conversation]]) -> list[Message]:
    """New conversations, then the messages, then what older conversations say of them."""
    batch = group_by_conversation(threads, placed)
    messages = [one for _, some in batch for one in some]
    for pk, one in zip(reserve_ids(Message, len(messages)), sorted(messages, key=message_time), strict=True):
        one.pk = pk
    for home, some in batch:
        count_messages(home, some)
    older = [home for home, _ in batch if home.pk]
    Conversation.objects.bulk_create([home for home, _ in batch if not home.pk])
    for home, some in batch:
        for one in some:
            one.conversation_id = home.pk
    Message.objects.bulk_create(messages)
    join_conversations(threads.joined)
    kept = [home for _, home in threads.joined]
    save_conversations(list({home.pk: home for home in (*older, *kept)}.values()))
    save_recounted([home for home, some in batch if home in kept or any(one.direction == "out" for one in some)])
    heard = [home for home, some in batch if any(one.direction == "in" for one in some)]
    reopen_closed(heard)
    notify_reply_wanted([home for home in heard if home.unanswered_since])
    ping_inbox(threads.profile, [home.pk for home, _ in batch])
    return sorted(messages, key=message_time)


def message_time(message: Message) -> datetime:
    return message.sent_at


def group_by_conversation(
    threads: Threads, placed: list[tuple[Inbound, Conversation]]
) -> list[tuple[Conversation, list[Message]]]:
    """The new messages of each conversation. Told apart as objects, for new ones have no ids yet."""
    gone = {id(ended): kept for ended, kept in threads.joined}
    batch: dict[int, tuple[Conversation, list[Message]]] = {}
    for item, home in placed:
        while id(home) in gone:
            home = gone[id(home)]
        batch.setdefault(id(home), (home, []))[1].append(build_message(threads, item))
    return list(batch.values())


def build_message(threads: Threads, item: Inbound) -> Message:
    contact = None if item.from_self else threads.contact(item)
    return Message(
        organization_id=threads.profile.organization_id,
        profile_id=threads.profile.pk,
        direction="out" if item.from_self else "in",
        remote_id=item.remote_id,
        contact_id=contact.pk if contact else None,
        text=item.text,
        permalink=item.permalink,
        sent_at=item.sent_at,
        look_at=None if item.from_self else now(),
    )


def save_recounted(mixed: list[Conversation]) -> None:
    if mixed:
        recount_waiting(mixed)
        save_conversations(mixed)


def save_conversations(homes: list[Conversation]) -> None:
    """All rows in one statement; they are held, so nobody's change is overwritten."""
    if not homes:
        return
    Conversation.objects.bulk_create(
        homes,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["contact", "about", "kind", "root_id", *COUNTED_FIELDS],
    )


def ping_inbox(profile: Profile, ids: list[int]) -> None:
    """One hint for many is enough: open lists ask again for all that they show."""
    for pk in ids if len(ids) <= MOST_PINGS else [""]:
        realtime.ping(profile.organization_id, "inbox", pk, profile_id=profile.pk)
