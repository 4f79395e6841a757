"""Posts with their revisions, deliveries and what the outbox and the networks hold of them."""

from datetime import timedelta

from analytics.models import Snapshot
from networks.contract import Draft, DraftKind
from networks.models import Attempt, Outgoing, Profile, RemotePost
from publishing.models import Delivery, Post, Revision
from socialops.volume.rollup_rows import random_metrics
from socialops.volume.row_maker import BATCH_SIZE, RowMaker, save_rows

OUTGOING_STATES = ("sent",) * 90 + ("failed",) * 2 + ("cancelled",) * 2 + ("waiting",) * 6


def make_posts(maker: RowMaker, profiles: list[Profile]) -> None:
    for start in range(0, maker.wanted.posts if profiles else 0, BATCH_SIZE):
        save_post_batch(maker, profiles, range(start, min(start + BATCH_SIZE, maker.wanted.posts)))


def save_post_batch(maker: RowMaker, profiles: list[Profile], numbers: range) -> None:
    where = [maker.busy(profiles) for _ in numbers]
    states = [maker.dice.choice(OUTGOING_STATES) for _ in numbers]
    times = [maker.moment(ahead=state == "waiting") for state in states]
    own = {"organization": maker.organization}
    posts = save_rows(
        Post,
        [
            Post(
                **own,
                author=maker.dice.choice(maker.members),
                state="scheduled",
                planned_at=at,
                planned_wall=at,
                planned_zone="UTC",
            )
            for at in times
        ],
    )
    revisions = save_rows(
        Revision, [Revision(**own, post=post, number=1, text=maker.text(18), author=post.author) for post in posts]
    )
    for post, revision in zip(posts, revisions, strict=True):
        post.revision = revision
    Post.objects.bulk_update(posts, ["revision"])
    through = Post.profiles.through
    save_rows(through, [through(post=post, profile=profile) for post, profile in zip(posts, where, strict=True)])
    rows = save_rows(
        Outgoing,
        [
            Outgoing(
                **own,
                profile=profile,
                key=f"volume:{maker.mark}:{revision.pk}",
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
    save_rows(
        Delivery,
        [
            Delivery(**own, post=revision.post, revision=revision, profile=row.profile, outgoing=row)
            for revision, row in zip(revisions, rows, strict=True)
        ],
    )
    save_outbox_results(maker, rows)


def save_outbox_results(maker: RowMaker, rows: list[Outgoing]) -> None:
    own = {"organization": maker.organization}
    tried = [row for row in rows if row.attempt_count]
    save_rows(
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
    copies = save_rows(
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
            if row.state == "sent" and row.sent_at is not None
        ],
    )
    save_rows(
        Snapshot,
        [
            Snapshot(
                **own,
                profile=copy.profile,
                remote_post=copy,
                as_of=copy.published_at + timedelta(days=1),
                values=random_metrics(maker),
            )
            for copy in copies
        ],
    )
