"""What changed since somebody last decided on a post."""

from collections.abc import Sequence
from dataclasses import dataclass

from publishing.composing.threads import Files
from publishing.models import Decision, Post, Revision


@dataclass(frozen=True, slots=True)
class FileChanges:
    """Of the files: those that were not there in the version decided on last, and those that are no more."""

    number: int  # of that version
    added: frozenset[int]  # ids of assets
    removed: Files


def file_changes_by_post(posts: Sequence[Post]) -> dict[int, FileChanges]:
    """{id of a post: what changed since that version}, without those where nobody has decided, or nothing changed."""
    earlier = {revision.post_id: revision for revision in last_decided_revisions(posts)}
    found = (
        (post.pk, file_changes_between(earlier[post.pk], post.revision))
        for post in posts
        if post.pk in earlier and post.revision
    )
    return {pk: changes for pk, changes in found if changes}


def last_decided_revisions(posts: Sequence[Post]) -> list[Revision]:
    """The newest of each that was decided on, with its files."""
    newest = Decision.objects.filter(revision__post__in=posts).order_by("revision__post", "-revision__number")
    ids = newest.distinct("revision__post").values("revision")
    return list(Revision.objects.filter(pk__in=ids).prefetch_related("attachments__asset")) if posts else []


def file_changes_between(before: Revision, after: Revision) -> FileChanges | None:
    then, now = ({one.asset: one for part in revision.files() for one in part} for revision in (before, after))
    if then.keys() == now.keys():
        return None
    removed = tuple(one for pk, one in then.items() if pk not in now)
    return FileChanges(before.number, frozenset(now.keys() - then.keys()), removed)
