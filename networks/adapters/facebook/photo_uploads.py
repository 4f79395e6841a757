"""Pictures for a Page's posts: held by Facebook as photos that nobody sees until a post shows them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from networks.adapters import json_values
from networks.contract import Draft, Media, MediaKind, MediaLimit

MEDIA_LIMITS = {MediaKind.IMAGE: MediaLimit(10, frozenset({"image/jpeg", "image/png"}), 4 * 1024 * 1024)}
ALT_TEXT_LIMIT = 1000
UPLOAD_LIFETIME = timedelta(hours=20)  # Facebook keeps what is not published for about a day
ATTACHMENTS_FIELD = "attachments{target{id},subattachments{target{id}}}"


def photo_fields(media: Media) -> dict[str, str]:
    """What goes along with a picture's bytes."""
    return {"published": "false", **({"alt_text_custom": media.alt_text} if media.alt_text else {})}


def file_part(media: Media, content: bytes) -> tuple[str, bytes, str]:
    """A part of a form. Our own name for the file stays here."""
    return f"picture.{media.content_type.rpartition('/')[2]}", content, media.content_type


def attachment_fields(media_ids: list[str]) -> dict[str, Any]:
    return {"attached_media": [{"media_fbid": one} for one in media_ids]} if media_ids else {}


def attached_ids(item: Mapping[str, Any]) -> frozenset[str]:
    """The ids of all that a post shows; an album names itself beside its pictures."""
    tops = json_values.mappings_in(json_values.mapping_or_empty(item.get("attachments")).get("data"))
    below = [
        one
        for top in tops
        for one in json_values.mappings_in(json_values.mapping_or_empty(top.get("subattachments")).get("data"))
    ]
    ids = (
        json_values.text_or_empty(json_values.mapping_or_empty(one.get("target")).get("id")) for one in (*tops, *below)
    )
    return frozenset(filter(None, ids))


def matches_pictures(item: Mapping[str, Any], draft: Draft) -> bool | None:
    """Whether a post with these pictures is `draft`; None where only its text can tell."""
    ids = attached_ids(item) if draft.media else frozenset()
    is_ours = bool(ids & draft.markers)
    return is_ours if is_ours or (ids and (draft.uploads_known or not draft.text)) else None
