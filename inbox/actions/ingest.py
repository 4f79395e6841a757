"""Storing what came in: in bulk, once, in whatever order."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain

from django.db import transaction
from django.db.models import Q

from inbox.actions.contacts import keep_contacts
from inbox.actions.echoes import is_echo, link_copies, texts_in_flight
from inbox.actions.joining import join_conversations, reopen
from inbox.incoming import accepted, parents_first
from inbox.locks import hold_intake
from inbox.models import Conversation, Message
from inbox.tally import TALLIED, add, recount_waiting
from inbox.threads import Threads
from networks.contract import Inbound
from networks.models import Profile, RemotePost
from socialops.lib import realtime

TOLD_ONE_BY_ONE = 20


@transaction.atomic
def ingest(profile: Profile, items: Sequence[Inbound]) -> list[Message]:
    """Stores what is not stored yet and returns it. The same items again change nothing.

    One batch costs a fixed number of queries, whatever its size. Batches of one profile wait for each other; the rows
    are their own record, so nothing goes to the audit log. `inbox.threads` says which conversation an item joins.
    """
    found = accepted(items)
    hold_intake(profile.pk)
    stored = Message.objects.filter(profile=profile, remote_id__in=list(found)).values_list("remote_id", flat=True)
    for remote_id in list(stored):
        del found[remote_id]
    return store(profile, found) if found else []


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
    rows = Conversation.objects.select_for_update().filter(
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
    """New conversations, then the messages, then what the conversations say of them."""
    by_home: dict[int, list[Message]] = defaultdict(list)
    homes: dict[int, Conversation] = {}
    gone = {id(ended): kept for ended, kept in threads.joined}
    for item, home in sorted(placed, key=lambda pair: pair[0].sent_at):
        while id(home) in gone:
            home = gone[id(home)]
        homes[id(home)] = home
        by_home[id(home)].append(message(threads, item))
    for key, home in homes.items():
        add(home, by_home[key])
    Conversation.objects.bulk_create([home for home in homes.values() if home.pk is None])
    for key, home in homes.items():
        for one in by_home[key]:
            one.conversation = home
    messages = Message.objects.bulk_create(sorted(chain(*by_home.values()), key=lambda one: one.sent_at))
    join_conversations(threads.joined)
    settle_tallies(homes.values(), by_home, [kept for _, kept in threads.joined])
    reopen(home for key, home in homes.items() if any(one.direction == "in" for one in by_home[key]))
    tell(threads.profile, homes.values())
    return messages


def message(threads: Threads, item: Inbound) -> Message:
    return Message(
        organization_id=threads.profile.organization_id,
        profile=threads.profile,
        direction="out" if item.from_self else "in",
        remote_id=item.remote_id,
        contact=None if item.from_self else threads.contact(item),
        text=item.text,
        permalink=item.permalink,
        sent_at=item.sent_at,
    )


def settle_tallies(
    found: Iterable[Conversation], by_home: dict[int, list[Message]], joined: list[Conversation]
) -> None:
    homes = list(found)
    for home in homes:
        home.last_message_id = max(home.last_message_id or 0, *(one.pk for one in by_home[id(home)]))
    save(homes)
    mixed = [home for home in homes if home in joined or any(one.direction == "out" for one in by_home[id(home)])]
    if mixed:
        recount_waiting(mixed)
        save(mixed)


def save(homes: list[Conversation]) -> None:
    """All rows in one statement; they are held, so nobody's change is overwritten."""
    Conversation.objects.bulk_create(
        homes,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["contact", "about", "kind", "root_id", *TALLIED],
    )


def tell(profile: Profile, homes: Iterable[Conversation]) -> None:
    ids: list[int | str] = [home.pk for home in homes]
    for pk in ids if len(ids) <= TOLD_ONE_BY_ONE else [""]:
        realtime.ping(profile.organization_id, "inbox", pk, profile_id=profile.pk)
