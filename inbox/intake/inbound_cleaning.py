"""What networks send, made fit to be stored. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from foundation.texts.graphemes import truncate_text
from foundation.texts.names import join_lines
from foundation.texts.text_comparison import comparison_key
from networks.contract import Author, Inbound

LONGEST_ID = 200
LONGEST_URL = 1000


def strip_unstorable(text: str) -> str:
    """Without what PostgreSQL refuses: NUL, and halves of characters that came alone."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def clean_inbounds(items: Iterable[Inbound], now: datetime) -> dict[str, Inbound]:
    """By remote id, oldest first; of what a network says twice the first. What has no usable id is left out.

    Nothing was sent after it came, whatever the network's clock says.
    """
    found: dict[str, Inbound] = {}
    for item in items:
        remote_id = strip_unstorable(item.remote_id)
        if 0 < len(remote_id) <= LONGEST_ID and remote_id not in found:
            found[remote_id] = clean_inbound(item, remote_id)
    by_time = sorted(found.items(), key=lambda pair: pair[1].sent_at)
    return {remote_id: replace(one, sent_at=min(one.sent_at, now)) for remote_id, one in by_time}


def clean_inbound(item: Inbound, remote_id: str) -> Inbound:
    return replace(
        item,
        remote_id=remote_id,
        text=strip_unstorable(item.text),
        permalink=clean_url(item.permalink),
        parent_id=clean_remote_id(item.parent_id),
        root_post_id=clean_remote_id(item.root_post_id),
        author=item.author and clean_author(item.author),
    )


def clean_remote_id(remote_id: str | None) -> str | None:
    known = strip_unstorable(remote_id or "")
    return known if 0 < len(known) <= LONGEST_ID else None


def clean_author(author: Author) -> Author | None:
    remote_id = clean_remote_id(author.remote_id)
    if remote_id is None:
        return None
    name, handle = truncate_text(join_lines(author.name), 200).strip(), truncate_text(join_lines(author.handle), 200)
    return Author(remote_id, name or handle or remote_id, handle, clean_url(author.avatar_url))


def clean_url(address: str) -> str:
    clean = strip_unstorable(address)
    return clean if len(clean) <= LONGEST_URL else ""


def canonical_text(text: str) -> str:
    """Equal for a draft and for what a network made of it: names put in front, schemes added to links."""
    return comparison_key(strip_unstorable(text))


def sort_parents_first(items: Mapping[str, Inbound]) -> list[Inbound]:
    """Oldest first, but none before the one it answers, whatever the times say. Circles are cut where they close."""
    ordered: dict[str, Inbound] = {}
    for item in sorted(items.values(), key=lambda one: one.sent_at):
        line: dict[str, Inbound] = {}
        while item.remote_id not in line and item.remote_id not in ordered:
            line[item.remote_id] = item
            item = items.get(item.parent_id or "", item)
        ordered.update(reversed(line.items()))
    return list(ordered.values())
