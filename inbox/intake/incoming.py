"""What networks send, made fit to be stored. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from foundation.texts.graphemes import cut_to
from foundation.texts.names import one_line
from foundation.texts.text import likeness
from networks.contract import Author, Inbound

LONGEST_ID = 200
LONGEST_URL = 1000


def storable(text: str) -> str:
    """Without what PostgreSQL refuses: NUL, and halves of characters that came alone."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def accepted(items: Iterable[Inbound], now: datetime) -> dict[str, Inbound]:
    """By remote id, oldest first; of what a network says twice the first. What has no usable id is left out.

    Nothing was sent after it came, whatever the network's clock says.
    """
    found: dict[str, Inbound] = {}
    for item in items:
        remote_id = storable(item.remote_id)
        if 0 < len(remote_id) <= LONGEST_ID and remote_id not in found:
            found[remote_id] = cleaned(item, remote_id)
    by_time = sorted(found.items(), key=lambda pair: pair[1].sent_at)
    return {remote_id: replace(one, sent_at=min(one.sent_at, now)) for remote_id, one in by_time}


def cleaned(item: Inbound, remote_id: str) -> Inbound:
    return replace(
        item,
        remote_id=remote_id,
        text=storable(item.text),
        permalink=url(item.permalink),
        parent_id=reference(item.parent_id),
        root_post_id=reference(item.root_post_id),
        author=item.author and person(item.author),
    )


def reference(remote_id: str | None) -> str | None:
    known = storable(remote_id or "")
    return known if 0 < len(known) <= LONGEST_ID else None


def person(author: Author) -> Author | None:
    remote_id = reference(author.remote_id)
    if remote_id is None:
        return None
    name, handle = cut_to(one_line(author.name), 200).strip(), cut_to(one_line(author.handle), 200)
    return Author(remote_id, name or handle or remote_id, handle, url(author.avatar_url))


def url(address: str) -> str:
    clean = storable(address)
    return clean if len(clean) <= LONGEST_URL else ""


def canonical(text: str) -> str:
    """Equal for a draft and for what a network made of it: names put in front, schemes added to links."""
    return likeness(storable(text))


def parents_first(items: Mapping[str, Inbound]) -> list[Inbound]:
    """Oldest first, but none before the one it answers, whatever the times say. Circles are cut where they close."""
    ordered: dict[str, Inbound] = {}
    for item in sorted(items.values(), key=lambda one: one.sent_at):
        line: dict[str, Inbound] = {}
        while item.remote_id not in line and item.remote_id not in ordered:
            line[item.remote_id] = item
            item = items.get(item.parent_id or "", item)
        ordered.update(reversed(line.items()))
    return list(ordered.values())
