"""Posts and deliveries as the REST surface shows and reads them. Times are RFC 3339 in UTC."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import OpenApiTypes, extend_schema_field
from rest_framework import serializers

from foundation.texts.dates import parse_zoned_moment
from networks.models import Attempt, Held, Outgoing
from networks.registry import adapter_classes
from organizations.rest.serializers import IdField, IdListField, StrictSerializer, WrittenTextField
from publishing.composing.threads import MOST_PARTS, AttachedFile, Original, VariantWording
from publishing.limits import LONGEST_ALT_TEXT, describe_adaptation
from publishing.models import Asset, Delivery, Post
from publishing.queries.delivery_parts import delivery_state_of, first_unsent_part, parts_of
from publishing.queries.posts import POST_STATES, remote_reference, shown_state_of

DELIVERY_STATES = ("waiting", "sending", "unknown", "sent", "failed", "partly", "cancelled")


def format_instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def post_shape(post: Post) -> dict[str, Any]:
    """Of a post read `for_reading`, its deliveries given their outlook by `foresee`."""
    files = [[attached_shape(one) for one in part] for part in post.revision.files()]
    return {
        "id": post.pk,
        "state": shown_state_of(post),
        "revision": post.revision.number,
        "author": post.author_id,
        "text": post.revision.text,
        "thread": post.revision.parts,
        "first_comment": post.revision.first_comment,
        "media": files[0] if files else [],
        "thread_media": files[1:],
        "variants": {network: own_shape(own) for network, own in post.revision.wordings().items()},
        "profiles": [profile.pk for profile in post.shown_profiles],
        "scheduled_at": format_instant(post.planned_at),
        "time_zone": post.planned_zone or None,
        "review_note": post.review_note,
        "created_at": format_instant(post.created_at),
        "deliveries": [delivery_shape(delivery) for delivery in post.shown_deliveries],
    }


def own_shape(own: VariantWording) -> dict[str, Any]:
    """A network's own wording; `thread` once somebody has said what it goes on with there, be it nothing."""
    return {"text": own.text} | ({} if own.parts is None else {"thread": list(own.parts)})


def asset_shape(asset: Asset) -> dict[str, Any]:
    return attached_shape(asset.attached(asset.alt_text))


def attached_shape(one: AttachedFile) -> dict[str, Any]:
    """A file as it goes with a post: the words are those that it had when that was written."""
    media = one.media
    return {
        "id": one.asset,
        "kind": str(media.kind),
        "width": media.width,
        "height": media.height,
        "seconds": media.seconds,
        "bytes": media.size,
        "alt_text": media.alt_text,
        "original": one.original and original_shape(one.original),
        "copies": list(copy_shapes(one)),
    }


def original_shape(original: Original) -> dict[str, Any]:
    """Of what `media/{id}/original/` hands out."""
    return {"name": original.name, "content_type": original.content_type, "bytes": original.bytes}


def copy_shapes(one: AttachedFile) -> Iterator[dict[str, Any]]:
    """What networks get where that is not the file as it came."""
    for adapter in adapter_classes():
        says = describe_adaptation(one, adapter.capabilities, adapter.label)
        if says:
            got = one.on(adapter.capabilities).media
            facts = {"content_type": got.content_type, "width": got.width, "height": got.height, "bytes": got.size}
            yield {"network": adapter.network, **facts, "says": says}


def delivery_shape(delivery: Delivery) -> dict[str, Any]:
    """Of a delivery read `with_parts` and given its outlook by `foresee`."""
    said = delivery.outlook
    row = delivery.outgoing
    parts = parts_of(delivery)
    front = first_unsent_part(parts)
    remote_id, permalink = remote_reference(row)
    return {
        "id": delivery.pk,
        "post": delivery.post_id,
        "revision": delivery.revision.number,
        "profile": delivery.profile_id,
        "state": delivery_state_of(parts),
        "planned_at": format_instant(row.planned_at),
        "due_at": format_instant(row.due_at if row.state == "waiting" else row.planned_at),  # as queries.parts.DUE
        "sent_at": format_instant(row.sent_at),
        "remote_id": remote_id,
        "permalink": permalink,
        "error": front.reason or None,
        "needs_person": front.needs_person or (front.state == "waiting" and front.held == Held.TOO_LATE),
        "held": (said and said.hold) or None,
        "held_until": format_instant(said.at if said and said.hold else None),
        "reason": said.sentence if said and not said.idle else None,
        "attempts": row.attempt_count,
        "resends": sum(part.resends for part in parts),
        "parts": [part_shape(part) for part in parts],
    }


def part_shape(row: Outgoing) -> dict[str, Any]:
    """One post on the network: of a thread each part, and its first comment."""
    remote_id, permalink = remote_reference(row)
    copy = getattr(row, "remote_post", None)
    return {
        "part": row.part,
        "state": row.state,
        "text": row.draft["text"],
        "media": [{"kind": one["kind"], "alt_text": one["alt_text"]} for one in row.draft.get("media", ())],
        "sent_at": format_instant(row.sent_at),
        "remote_id": remote_id,
        "permalink": permalink,
        "error": row.reason or None,
        "resends": row.resends,
        "deleted_at": format_instant(copy.deleted_at if copy else None),
    }


def attempt_shape(attempt: Attempt) -> dict[str, Any]:
    return {
        "kind": attempt.kind,
        "started_at": format_instant(attempt.started_at),
        "finished_at": format_instant(attempt.finished_at),
        "outcome": attempt.outcome or None,
        "detail": attempt.detail,
    }


class StrictText(WrittenTextField):
    """A JSON text, kept as it is but for its line ends: neither numbers become one nor are blanks cut off."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictBoolean(serializers.BooleanField):
    """true or false, nothing that looks like it."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


@extend_schema_field(OpenApiTypes.DATETIME)
class Instant(serializers.Field):
    """A moment with its zone."""

    default_error_messages = {"invalid": "Give a time with its zone, as in 2030-01-31T09:00:00Z."}

    def to_internal_value(self, data: Any) -> datetime:
        at = parse_zoned_moment(data.upper() if isinstance(data, str) else data)  # RFC 3339 allows t and z
        if at is None or not 1970 < at.year < 9000:
            self.fail("invalid")
        return at

    def to_representation(self, value: datetime) -> str | None:
        return format_instant(value)


class VariantBody(StrictSerializer):
    """Where the post is a thread, `thread` must be there: what this network's own text goes on with, or []."""

    text = StrictText(allow_blank=True)
    thread = serializers.ListField(
        child=StrictText(allow_blank=True), max_length=MOST_PARTS - 1, required=False, allow_null=True
    )


class PostChange(StrictSerializer):
    text = StrictText(required=False, allow_blank=True, help_text="May be empty where files go with it.")
    profiles = IdListField(required=False)
    thread = serializers.ListField(child=StrictText(allow_blank=True), max_length=MOST_PARTS - 1, required=False)
    first_comment = StrictText(required=False, allow_blank=True)
    variants = serializers.DictField(child=VariantBody(), required=False)
    media = IdListField(required=False)
    thread_media = serializers.ListField(child=IdListField(), max_length=MOST_PARTS - 1, required=False)
    scheduled_at = Instant(
        required=False,
        allow_null=True,
        help_text="When it leaves, with its zone. Absent keeps it; null takes it away: a draft again.",
    )
    time_zone = StrictText(required=False, max_length=64)
    publish_now = StrictBoolean(required=False)
    submit = StrictBoolean(required=False)


class PostBody(PostChange):
    text = StrictText(default="", allow_blank=True, help_text="May be empty where files go with it.")
    profiles = IdListField()


class AltTextBody(StrictSerializer):
    alt_text = StrictText(allow_blank=True, max_length=LONGEST_ALT_TEXT)


class MediaBody(StrictSerializer):
    file = serializers.FileField(help_text="A JPEG, PNG, GIF, WebP, HEIC or AVIF picture, or an MP4 or MOV video.")
    alt_text = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_ALT_TEXT)


class ScheduleBody(StrictSerializer):
    """Either a time or `publish_now`."""

    scheduled_at = Instant(
        required=False,
        allow_null=True,
        help_text="When it leaves, with its zone. Without one a post keeps the time that is planned.",
    )
    time_zone = StrictText(
        required=False,
        max_length=64,
        help_text="The IANA name of the zone in which people planned it, such as Europe/Madrid. Pages show it so.",
    )
    publish_now = StrictBoolean(required=False, help_text="Let it leave at once.")


class DecisionBody(StrictSerializer):
    note = StrictText(required=False, allow_blank=True, max_length=1000)
    revision = serializers.IntegerField(required=False, min_value=1)


class ResolveBody(StrictSerializer):
    """What a person found on the profile, of a delivery of which it is not known whether it is there."""

    there = StrictBoolean(
        help_text="true: it is there, give remote_id or permalink. false: it is not, and is sent again at once."
    )
    remote_id = StrictText(
        required=False, allow_blank=True, max_length=200, help_text="The network's id of it. It is linked to that post."
    )
    permalink = StrictText(
        required=False,
        allow_blank=True,
        max_length=1000,
        help_text="Its address on the network, as the browser shows it. The id is read from it where none is given.",
    )


class ListQuery(StrictSerializer):
    cursor = serializers.CharField(required=False)
    limit = serializers.IntegerField(required=False, min_value=1)
    format = serializers.CharField(required=False)
    profile = IdField(required=False)


class PostQuery(ListQuery):
    state = serializers.ChoiceField(POST_STATES, required=False)
    q = serializers.CharField(required=False, max_length=200)


class DeliveryQuery(ListQuery):
    state = serializers.ChoiceField(DELIVERY_STATES, required=False)
    due_before = Instant(required=False)
