"""What networks send, made fit to be stored. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from networks.contract import Author, Inbound
from socialops.lib.text import normalized

LONGEST_ID = 200
LONGEST_URL = 1000
_NAMES_IN_FRONT = re.compile(r"^(?:@\w+\s+)+")
_SCHEME = re.compile(r"https?://", re.IGNORECASE)


def storable(text: str) -> str:
    """Without what PostgreSQL refuses: NUL, and halves of characters that came alone."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def accepted(items: Iterable[Inbound]) -> dict[str, Inbound]:
    """By remote id, the first of each: a network may say a thing twice. What has no usable id is left out."""
    found: dict[str, Inbound] = {}
    for item in items:
        remote_id = storable(item.remote_id)
        if 0 < len(remote_id) <= LONGEST_ID and remote_id not in found:
            found[remote_id] = cleaned(item, remote_id)
    return found


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
    name, handle = storable(author.name)[:200], storable(author.handle)[:200]
    return Author(remote_id, name or handle or remote_id, handle, url(author.avatar_url))


def url(address: str) -> str:
    clean = storable(address)
    return clean if len(clean) <= LONGEST_URL else ""


def canonical(text: str) -> str:
    """Equal for a draft and for what a network made of it: names put in front, schemes added to links."""
    return _SCHEME.sub("", _NAMES_IN_FRONT.sub("", normalized(storable(text)) + " ")).strip()


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
