"""Lets things have happened earlier: posts sent, people heard, answers given, numbers told.

Everything goes through the actions and tables of the product; only the network's part is played here, because no web
process runs yet that could be called. It must all be inside one transaction: the outbox may not see a row before it
is settled, or a worker would send it.
"""

import uuid
from datetime import datetime, timedelta

from analytics.actions.metric_storage import store_post_metrics, store_profile_metrics
from analytics.models import Measurement
from foundation.states import move
from inbox.actions.reply import reply_to_conversation
from inbox.models import Conversation, Message
from networks.contract import Metrics, Published
from networks.incoming.intake import signal_inbound
from networks.models import Attempt, Outgoing, Profile
from networks.outbox.claims import open_attempt
from networks.outbox.outcomes import outcome_of_published
from networks.outbox.settling import settle_row
from networks.registry import adapter_class
from networks.sandbox import push_bodies
from networks.sandbox.actions import write_entry
from networks.sandbox.dialects.dialect import require_dialect
from networks.sandbox.entry_numbers import followers_of
from networks.sandbox.models import Account, Entry
from networks.sandbox.personas import persona_account
from organizations.models import Member
from publishing.actions.compose import create_post
from publishing.actions.post_outbox import planned_time_columns
from publishing.actions.schedule import publish_now
from publishing.composing.post_input import PostInput
from publishing.models import Post

WRITTEN_BEFORE = timedelta(hours=20)
SENDING_TAKES = timedelta(seconds=1)


def practice_account(profile: Profile) -> Account:
    return Account.objects.select_related("organization").get(network=profile.network, remote_id=profile.remote_id)


def create_sent_post(writer: Member, profiles: list[Profile], text: str, *, at: datetime) -> list[Entry]:
    """A post that went out at `at`; the networks' copies of it."""
    post = publish_now(writer, create_post(writer, PostInput(text, [one.pk for one in profiles])))
    Post.objects.filter(pk=post.pk).update(created_at=at - WRITTEN_BEFORE, **planned_time_columns(writer, at, ""))
    rows = Outgoing.objects.select_related("profile__organization").filter(delivery__post=post)
    return [settle_as_sent(row, at=at) for row in rows.order_by("pk")]


def settle_as_sent(row: Outgoing, *, at: datetime) -> Entry:
    """The outbox's row as it would stand if its network had confirmed it at `at`."""
    claim = uuid.uuid4()
    early = at - SENDING_TAKES
    Outgoing.objects.filter(pk=row.pk).update(claim=claim, planned_at=early, due_at=early, created_at=early)
    row.refresh_from_db()
    move(row, "begin", match={"claim": claim}, attempt_count=1, first_tried_at=early)
    attempt = open_attempt(row, "send", early)
    entry = write_network_copy(row, at=at)
    settle_row(row, attempt, outcome_of_published(Published(entry.remote_id, "", published_at=at)))
    Attempt.objects.filter(pk=attempt.pk).update(finished_at=at)
    return entry


def write_network_copy(row: Outgoing, *, at: datetime) -> Entry:
    author, draft = practice_account(row.profile), row.frozen
    under = Entry.objects.select_related("root", "parent", "author", "wall").filter(
        network=author.network, remote_id=draft.in_reply_to or ""
    )
    wall = author if require_dialect(author.network).has_walls else None
    return write_entry(author, draft.text, under=under.first(), wall=wall, at=at, pushes=False)


def create_inbound(
    who: str, profile: Profile, text: str, *, at: datetime, under: Entry | None = None
) -> tuple[Entry, Conversation]:
    """`who` (a name) wrote to the profile at `at`, and the push of it was taken in."""
    account = practice_account(profile)
    wall = account if require_dialect(profile.network).has_walls else None
    author = persona_account(profile.network, name=who)
    entry = write_entry(author, text, under=under, wall=wall, at=at, pushes=False)
    for body in push_bodies.build_push_bodies(entry):
        for remote_id, items in adapter_class(profile.network).parse_push(body).items():  # type: ignore[attr-defined]  # of those that can be pushed to
            for twin in Profile.objects.filter(network=profile.network, remote_id=remote_id):
                signal_inbound(twin, items)
    message = Message.objects.select_related("conversation__profile").get(profile=profile, remote_id=entry.remote_id)
    return entry, message.conversation


def create_answer(writer: Member, conversation: Conversation, text: str, *, at: datetime) -> Entry:
    """`writer` answered the newest message at `at`, and the network confirmed it."""
    fresh = Conversation.objects.select_related("profile").get(pk=conversation.pk)
    assert fresh.last_message_id is not None  # a conversation begins with a message
    message = reply_to_conversation(writer, fresh, text=text, seen=fresh.last_message_id)
    row = Outgoing.objects.select_related("profile__organization").get(message=message)
    return settle_as_sent(row, at=at)


def create_measurements(profile: Profile, *, at: datetime) -> None:
    """The numbers that the network would have told at `at`, through the code that stores real ones."""
    account = practice_account(profile)
    followers = {"followers": followers_of(account, at=at)}
    store_profile_metrics(profile, Metrics(profile.remote_id, at, followers), now=at)
    due = Measurement.objects.filter(profile=profile, remote_post__published_at__lt=at, due_at__isnull=False)
    rows = [row for row in due.select_related("remote_post") if is_worth_measuring(row, at)]
    if rows:
        ids = [row.remote_post.remote_id for row in rows if row.remote_post is not None]
        store_post_metrics(
            profile,
            rows,
            [require_dialect(profile.network).metrics(entry, at=at) for entry in practice_entries(profile, ids)],
            now=at,
        )


def is_worth_measuring(row: Measurement, at: datetime) -> bool:
    """Most of what happens to a post happens at once."""
    post = row.remote_post
    return post is not None and (at - post.published_at).days in {0, 1, 2, 4, 8, 16}


def practice_entries(profile: Profile, remote_ids: list[str]) -> list[Entry]:
    rows = Entry.objects.select_related("author", "parent__author", "root", "wall__organization")
    return list(rows.filter(network=profile.network, remote_id__in=remote_ids))
