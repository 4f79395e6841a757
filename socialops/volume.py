"""Bulk rows of realistic shape for benchmarks and pictures: most of it past, a little ahead, a busy few profiles.

Written past the actions on purpose, in batches; the same numbers always make the same rows (relative to `now`).
"""

import math
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Model

from analytics.derive import day_of
from analytics.models import Rollup, Snapshot
from inbox.models import Contact, Conversation, Message
from networks.contract import Draft, DraftKind
from networks.models import Attempt, Credential, Outgoing, Profile, RemotePost
from organizations.models import Member, Organization
from publishing.models import Delivery, Post, Revision

BATCH = 2_000
Row = TypeVar("Row", bound=Model)
WORDS = (
    "new boots rain trail opening hours map sale winter hut order size return stock snow club Saturday repair jacket "
    "stove rental guide early weekend summit photo thanks question delivery helmet rope"
).split()
STATES = ("sent",) * 90 + ("failed",) * 2 + ("cancelled",) * 2 + ("waiting",) * 6


@dataclass(frozen=True, slots=True)
class Wanted:
    profiles: int
    posts: int
    messages: int
    days: int


class Volume:
    """One run for one organization, in its scope."""

    def __init__(self, organization: Organization, wanted: Wanted, now: datetime) -> None:
        self.organization, self.wanted, self.now = organization, wanted, now
        self.dice = random.Random(f"{organization.slug} {wanted}")  # noqa: S311 - the same rows every time
        self.mark = uuid.uuid4().hex[:8]
        self.members = list(Member.objects.order_by("pk")[:50])

    def make(self) -> dict[str, int]:
        """How many rows of each kind there are now more."""
        profiles = self.profiles()
        self.posts(profiles)
        self.messages(profiles)
        self.numbers(profiles)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        return {"profiles": len(profiles), "posts": self.wanted.posts, "messages": self.wanted.messages}

    def profiles(self) -> list[Profile]:
        rows = [
            Profile(
                organization=self.organization,
                network=("x", "facebook")[number % 2],
                remote_id=f"{self.mark}{number}",
                name=f"{self.text(2).title()} {number}",
                handle=f"v{self.mark}{number}",
            )
            for number in range(self.wanted.profiles)
        ]
        made = save(Profile, rows)
        save(Credential, [Credential(organization=self.organization, profile=row, secrets={}) for row in made])
        return made

    def posts(self, profiles: list[Profile]) -> None:
        for start in range(0, self.wanted.posts if profiles else 0, BATCH):
            self.post_batch(profiles, range(start, min(start + BATCH, self.wanted.posts)))

    def post_batch(self, profiles: list[Profile], numbers: range) -> None:
        where = [self.busy(profiles) for _ in numbers]
        states = [self.dice.choice(STATES) for _ in numbers]
        times = [self.moment(ahead=state == "waiting") for state in states]
        own = {"organization": self.organization}
        posts = save(
            Post,
            [
                Post(
                    **own,
                    author=self.dice.choice(self.members),
                    state="scheduled",
                    planned_at=at,
                    planned_wall=at,
                    planned_zone="UTC",
                )
                for at in times
            ],
        )
        revisions = save(
            Revision, [Revision(**own, post=post, number=1, text=self.text(18), author=post.author) for post in posts]
        )
        for post, revision in zip(posts, revisions, strict=True):
            post.revision = revision
        Post.objects.bulk_update(posts, ["revision"])
        through = Post.profiles.through
        save(through, [through(post=post, profile=profile) for post, profile in zip(posts, where, strict=True)])
        rows = save(
            Outgoing,
            [
                Outgoing(
                    **own,
                    profile=profile,
                    key=f"volume:{self.mark}:{revision.pk}",
                    draft=Draft(DraftKind.POST, revision.text).as_json(),
                    state=state,
                    planned_at=at,
                    due_at=at,
                    attempt_count=state in ("sent", "failed"),
                    reason="The network refused it." if state == "failed" else "",
                    sent_at=at if state == "sent" else None,
                )
                for profile, revision, state, at in zip(where, revisions, states, times, strict=True)
            ],
        )
        save(
            Delivery,
            [
                Delivery(**own, post=revision.post, revision=revision, profile=row.profile, outgoing=row)
                for revision, row in zip(revisions, rows, strict=True)
            ],
        )
        self.left(rows)

    def left(self, rows: list[Outgoing]) -> None:
        own = {"organization": self.organization}
        tried = [row for row in rows if row.attempt_count]
        save(
            Attempt,
            [
                Attempt(
                    **own,
                    outgoing=row,
                    kind="send",
                    worker="volume",
                    started_at=row.planned_at,
                    finished_at=row.planned_at + timedelta(milliseconds=240),
                    outcome="sent" if row.state == "sent" else "refused",
                )
                for row in tried
            ],
        )
        copies = save(
            RemotePost,
            [
                RemotePost(
                    **own,
                    profile=row.profile,
                    outgoing=row,
                    remote_id=f"v{row.pk}",
                    text=row.draft["text"],
                    published_at=row.sent_at,
                )
                for row in rows
                if row.state == "sent"
            ],
        )
        save(
            Snapshot,
            [
                Snapshot(
                    **own,
                    profile=copy.profile,
                    remote_post=copy,
                    as_of=copy.published_at + timedelta(days=1),
                    values=self.measured(),
                )
                for copy in copies
            ],
        )

    def messages(self, profiles: list[Profile]) -> None:
        count = self.wanted.messages if profiles else 0
        for start in range(0, count, BATCH):
            self.message_batch(profiles, start, min(BATCH, count - start))

    def message_batch(self, profiles: list[Profile], start: int, count: int) -> None:
        """Conversations of one to six messages; every second message is our answer."""
        own = {"organization": self.organization}
        lengths = list(shares(count, self.dice))
        where = [self.busy(profiles) for _ in lengths]
        contacts = save(
            Contact,
            [
                Contact(
                    **own, network=profile.network, remote_id=f"{self.mark}{start + number}", name=self.text(2).title()
                )
                for number, profile in enumerate(where)
            ],
        )
        begun = [self.moment() for _ in lengths]
        talks = save(
            Conversation,
            [
                self.talk(profile, contact, f"{self.mark}{start + number}", at, length)
                for number, (profile, contact, at, length) in enumerate(
                    zip(where, contacts, begun, lengths, strict=True)
                )
            ],
        )
        said = [
            message
            for talk, at, length in zip(talks, begun, lengths, strict=True)
            for message in self.said(talk, at, length)
        ]
        for message in save(Message, said):
            message.conversation.last_message_id = message.pk
            message.conversation.snippet = message.text[:200]
        Conversation.objects.bulk_update(talks, ["last_message_id", "snippet"])

    def talk(self, profile: Profile, contact: Contact, root: str, at: datetime, length: int) -> Conversation:
        waits = length % 2 == 1
        return Conversation(
            organization=self.organization,
            profile=profile,
            contact=contact,
            kind="mention" if profile.network == "x" else "comment",
            root_id=root,
            state="open" if waits or self.dice.random() < 0.2 else "closed",
            assignee=self.dice.choice([None, *self.members]),
            message_count=length,
            unanswered_since=at + timedelta(minutes=7 * (length - 1)) if waits else None,
            last_message_at=at + timedelta(minutes=7 * (length - 1)),
        )

    def said(self, talk: Conversation, at: datetime, length: int) -> Iterator[Message]:
        for number in range(length):
            yield Message(
                organization=self.organization,
                profile=talk.profile,
                conversation=talk,
                direction=("in", "out")[number % 2],
                remote_id=f"{talk.root_id}.{number}" if number else talk.root_id,
                contact=None if number % 2 else talk.contact,
                writer=self.dice.choice(self.members) if number % 2 else None,
                text=self.text(12),
                sent_at=at + timedelta(minutes=7 * number),
            )

    def numbers(self, profiles: list[Profile]) -> None:
        today = day_of(self.now, self.zone)
        for profile in profiles:
            followers, rows = self.dice.randrange(100, 50_000), []
            for back in range(self.wanted.days, -1, -1):
                followers += self.dice.randrange(-3, 12)
                values = {
                    **self.measured(),
                    "followers": followers,
                    "posts_sent": 1,
                    "messages_in": 3,
                    "replies_sent": 1,
                }
                day = today - timedelta(days=back)
                rows += [
                    Rollup(
                        organization=self.organization,
                        profile=profile,
                        day=day,
                        metric=metric,
                        value=value,
                        as_of=self.now,
                    )
                    for metric, value in values.items()
                ]
            save(Rollup, rows)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.organization.time_zone)

    def measured(self) -> dict[str, int]:
        views = int(self.dice.lognormvariate(6, 1))
        return {
            "impressions": views,
            "likes": views // 40,
            "replies": views // 400,
            "reposts": views // 200,
            "clicks": views // 90,
        }

    def moment(self, *, ahead: bool = False) -> datetime:
        days = self.dice.uniform(0.1, 30) if ahead else -self.dice.uniform(0.1, max(self.wanted.days, 1))
        return self.now + timedelta(days=days)

    def busy(self, profiles: list[Profile]) -> Profile:
        """A few profiles carry most of the work."""
        return profiles[int(len(profiles) * self.dice.random() ** 2)]

    def text(self, words: int) -> str:
        return " ".join(self.dice.choices(WORDS, k=words)).capitalize()


def shares(count: int, dice: random.Random) -> Iterator[int]:
    while count > 0:
        share = min(count, math.ceil(dice.random() * 6))
        count -= share
        yield share


def save(model: type[Row], rows: list[Row]) -> list[Row]:
    return list(model._default_manager.bulk_create(rows, batch_size=BATCH))
