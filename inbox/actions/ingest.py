"""Storing what came in: in bulk, once, in whatever order."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now

from foundation.processes import realtime
from inbox.actions.contacts import keep_contacts
from inbox.actions.echoes import is_echo, link_copies, texts_in_flight
from inbox.actions.joining import join_conversations, reopen
from inbox.intake.incoming import accepted, parents_first
from inbox.intake.locks import hold_intake
from inbox.intake.sequence import reserve_ids
from inbox.intake.threads import Threads
from inbox.models import Conversation, Message
from inbox.notices import tell_wanted
from inbox.tally import TALLIED, add, recount_waiting, with_elsewhere
from networks.contract import Inbound
from networks.models import Profile, RemotePost

TOLD_ONE_BY_ONE = 20


@transaction.atomic
def ingest(profile: Profile, items: Sequence[Inbound]) -> list[Message]:
    """Stores what is not stored yet and returns it. The same items again change nothing.

    One batch costs a fixed number of queries, whatever its size. Batches of one profile wait for each other; the rows
    are their own record, so nothing goes to the audit log. Which conversation an item joins: `inbox.intake.threads`.
    """
    found = accepted(items, now())
    hold_intake(profile.pk)
    stored = Message.objects.filter(profile=profile, remote_id__in=list(found)).values_list("remote_id", flat=True)
    known = set(stored)
    fresh = {remote_id: item for remote_id, item in found.items() if remote_id not in known}
    return store(profile, fresh) if fresh else []


def store(profile: Profile, fresh: dict[str, Inbound]) -> list[Message]:
    own = any(item.from_self for item in fresh.values())
    in_flight = texts_in_flight(profile) if own else set()
    named = {name for one in fresh.values() for name in (one.remote_id, one.parent_id, one.root_post_id) if name}
    copies = {post.remote_id: post for post in RemotePost.objects.filter(profile=profile, remote_id__in=named)}
    echoes = [one for one in fresh.values() if one.from_self and is_echo(one, copies, in_flight)]
    if echoes:
        link_copies(copies, echoes)
        for one in echoes:
            del fresh[one.remote_id]
    threads = look_up(profile, named, copies, fresh)
    placed = [(item, home) for item in parents_first(fresh) if (home := threads.place(item))]
    return write(threads, placed)


def look_up(profile: Profile, named: set[str], copies: dict[str, RemotePost], fresh: dict[str, Inbound]) -> Threads:
    ours = [post.outgoing_id for post in copies.values() if post.outgoing_id]
    messages = Message.objects.filter(Q(remote_id__in=named) | Q(outgoing__in=ours), profile=profile)
    homes = list(messages.values_list("remote_id", "outgoing__remote_post__remote_id", "conversation_id"))
    rows = with_elsewhere(Conversation.objects.select_for_update(of=("self",))).filter(
        Q(pk__in={pk for _, _, pk in homes}) | Q(root_id__in=named), profile=profile
    )
    held = {row.pk: row for row in rows.order_by("pk")}
    return Threads(
        profile=profile,
        homes={name: held[pk] for remote_id, copy_id, pk in homes for name in (remote_id, copy_id) if name},
        roots={row.root_id: row for row in held.values()},
        posts={remote_id: post for remote_id, post in copies.items() if post.kind == "post"},
        contacts=keep_contacts(profile, fresh.values()),
    )


def write(threads: Threads, placed: list[tuple[Inbound, Conversation]]) -> list[Message]:
    """New conversations, then the messages, then what older conversations say of them."""
    batch = gathered(threads, placed)
    messages = [one for _, some in batch for one in some]
    for pk, one in zip(reserve_ids(Message, len(messages)), sorted(messages, key=by_time), strict=True):
        one.pk = pk
    for home, some in batch:
        add(home, some)
    older = [home for home, _ in batch if home.pk]
    Conversation.objects.bulk_create([home for home, _ in batch if not home.pk])
    for home, some in batch:
        for one in some:
            one.conversation_id = home.pk
    Message.objects.bulk_create(messages)
    join_conversations(threads.joined)
    kept = [home for _, home in threads.joined]
    save(list({home.pk: home for home in (*older, *kept)}.values()))
    recount([home for home, some in batch if home in kept or any(one.direction == "out" for one in some)])
    heard = [home for home, some in batch if any(one.direction == "in" for one in some)]
    reopen(heard)
    tell_wanted([home for home in heard if home.unanswered_since])
    tell(threads.profile, [home.pk for home, _ in batch])
    return sorted(messages, key=by_time)


def by_time(message: Message) -> datetime:
    return message.sent_at


def gathered(threads: Threads, placed: list[tuple[Inbound, Conversation]]) -> list[tuple[Conversation, list[Message]]]:
    """The new messages of each conversation. Told apart as objects, for new ones have no ids yet."""
    gone = {id(ended): kept for ended, kept in threads.joined}
    batch: dict[int, tuple[Conversation, list[Message]]] = {}
    for item, home in placed:
        while id(home) in gone:
            home = gone[id(home)]
        batch.setdefault(id(home), (home, []))[1].append(message(threads, item))
    return list(batch.values())


def message(threads: Threads, item: Inbound) -> Message:
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


def recount(mixed: list[Conversation]) -> None:
    if mixed:
        recount_waiting(mixed)
        save(mixed)


def save(homes: list[Conversation]) -> None:
    """All rows in one statement; they are held, so nobody's change is overwritten."""
    if not homes:
        return
    Conversation.objects.bulk_create(
        homes,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["contact", "about", "kind", "root_id", *TALLIED],
    )


def tell(profile: Profile, ids: list[int]) -> None:
    """One hint for many is enough: open lists ask again for all that they show."""
    for pk in ids if len(ids) <= TOLD_ONE_BY_ONE else [""]:
        realtime.ping(profile.organization_id, "inbox", pk, profile_id=profile.pk)
