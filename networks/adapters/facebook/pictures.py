"""Pictures for a Page's posts: held by Facebook as photos that nobody sees until a post shows them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from networks.adapters import reading
from networks.contract import Draft, Media, MediaKind, MediaLimit

LIMITS = {MediaKind.IMAGE: MediaLimit(10, frozenset({"image/jpeg", "image/png"}), 4 * 1024 * 1024)}
ALT_TEXT_LIMIT = 1000
KEPT = timedelta(hours=20)  # Facebook keeps what is not published for about a day
FIELD = "attachments{target{id},subattachments{target{id}}}"


def words_of(media: Media) -> dict[str, str]:
    """What goes along with a picture's bytes."""
    return {"published": "false", **({"alt_text_custom": media.alt_text} if media.alt_text else {})}


def named(media: Media, content: bytes) -> tuple[str, bytes, str]:
    """A part of a form. Our own name for the file stays here."""
    return f"picture.{media.content_type.rpartition('/')[2]}", content, media.content_type


def attached(media_ids: list[str]) -> dict[str, Any]:
    return {"attached_media": [{"media_fbid": one} for one in media_ids]} if media_ids else {}


def shown(item: Mapping[str, Any]) -> frozenset[str]:
    """The ids of all that a post shows; an album names itself beside its pictures."""
    tops = reading.maps(reading.a_map(item.get("attachments")).get("data"))
    below = [one for top in tops for one in reading.maps(reading.a_map(top.get("subattachments")).get("data"))]
    ids = (reading.text(reading.a_map(one.get("target")).get("id")) for one in (*tops, *below))
    return frozenset(filter(None, ids))


def tells_apart(item: Mapping[str, Any], draft: Draft) -> bool | None:
    """Whether a post with these pictures is `draft`; None where only its text can tell."""
    ids = shown(item) if draft.media else frozenset()
    ours = bool(ids & draft.markers)
    return ours if ours or (ids and (draft.uploads_known or not draft.text)) else None
