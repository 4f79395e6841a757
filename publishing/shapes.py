"""Posts, deliveries and files as programs read them. Times are RFC 3339 in UTC."""

from collections.abc import Iterator
from typing import Any

from rest_framework import serializers

from networks.contract import MediaKind
from networks.models import Held, Outgoing
from networks.registry import adapter_classes
from organizations.rest.serializers import IdField
from organizations.rest.shapes import Shape, TextOrNullField
from publishing.composing.threads import AttachedFile, Original, VariantWording
from publishing.instants import Instant, format_instant
from publishing.limits import describe_adaptation
from publishing.models import Asset
from publishing.queries.delivery_parts import DELIVERY_STATES, OUTGOING_STATES
from publishing.queries.posts import POST_STATES, remote_reference
from publishing.queries.shown_deliveries import ShownDelivery
from publishing.queries.shown_posts import ShownPost

MEDIA_KINDS = tuple(str(kind) for kind in MediaKind)


class OriginalShape(Shape):
    """The picture as it came, which `media/{id}/original/` hands out."""

    name = serializers.CharField()
    content_type = serializers.CharField()
    bytes = serializers.IntegerField()


class CopyShape(Shape):
    """What a network gets where that is not the file as it came."""

    network = serializers.CharField()
    content_type = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    bytes = serializers.IntegerField()
    says = serializers.CharField(help_text="Why, in words for people.")


class FileShape(Shape):  # of an AttachedFile
    """A file as it goes with a post: the words are those that it had when that was written."""

    id = IdField()
    kind = serializers.ChoiceField(MEDIA_KINDS)
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    seconds = serializers.FloatField(allow_null=True, help_text="Of a video.")
    bytes = serializers.IntegerField()
    alt_text = serializers.CharField()
    original = OriginalShape(allow_null=True)
    copies = CopyShape(many=True)

    def to_representation(self, one: AttachedFile) -> dict[str, Any]:
        media = one.media
        return {
            "id": one.asset,
            "kind": str(media.kind),
            "width": media.width,
            "height": media.height,
            "seconds": media.seconds,
            "bytes": media.size,
            "alt_text": media.alt_text,
            "original": one.original and describe_original(one.original),
            "copies": list(describe_copies(one)),
        }


def describe_original(original: Original) -> dict[str, Any]:
    return {"name": original.name, "content_type": original.content_type, "bytes": original.bytes}


def describe_copies(one: AttachedFile) -> Iterator[dict[str, Any]]:
    for adapter in adapter_classes():
        says = describe_adaptation(one, adapter.capabilities, adapter.label)
        if says:
            got = one.on(adapter.capabilities).media
            facts = {"content_type": got.content_type, "width": got.width, "height": got.height, "bytes": got.size}
            yield {"network": adapter.network, **facts, "says": says}


class AssetShape(FileShape):  # of an Asset
    """A file with the words that it has now."""

    def to_representation(self, asset: Asset) -> dict[str, Any]:  # type: ignore[override]  # it has the fields of a file
        return super().to_representation(asset.attached(asset.alt_text))


class PartFileShape(Shape):
    kind = serializers.ChoiceField(MEDIA_KINDS)
    alt_text = serializers.CharField()


class PartShape(Shape):
    """One post on the network: of a thread each part, and its first comment."""

    part = serializers.IntegerField(help_text="Its place in the thread, from 1.")
    state = serializers.ChoiceField(OUTGOING_STATES)
    text = serializers.CharField()
    media = PartFileShape(many=True)
    sent_at = Instant(allow_null=True)
    remote_id = serializers.CharField(allow_null=True)
    permalink = serializers.CharField(allow_null=True)
    error = serializers.CharField(allow_null=True)
    resends = serializers.IntegerField()
    deleted_at = Instant(allow_null=True)

    def to_representation(self, row: Outgoing) -> dict[str, Any]:
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


class DeliveryShape(Shape):  # of a ShownDelivery
    """A revision of a post going to one profile."""

    id = IdField()
    post = IdField()
    revision = serializers.IntegerField(help_text="Its number in the post.")
    profile = IdField()
    state = serializers.ChoiceField(DELIVERY_STATES)
    planned_at = Instant()
    due_at = Instant(help_text="When it leaves next; it may be tried again later than planned.")
    sent_at = Instant(allow_null=True)
    remote_id = serializers.CharField(allow_null=True)
    permalink = serializers.CharField(allow_null=True)
    error = serializers.CharField(allow_null=True, help_text="Why it did not leave, in words for people.")
    needs_person = serializers.BooleanField(help_text="It goes no further until somebody decides.")
    held = serializers.CharField(allow_null=True, help_text="What keeps it from leaving, in one word.")
    held_until = Instant(allow_null=True)
    reason = serializers.CharField(allow_null=True, help_text="Where it stands, in words for people.")
    attempts = serializers.IntegerField()
    resends = serializers.IntegerField()
    parts = PartShape(many=True)

    def to_representation(self, shown: ShownDelivery) -> dict[str, Any]:
        delivery, outlook, parts, front = shown.delivery, shown.outlook, shown.parts, shown.front
        row = delivery.outgoing
        remote_id, permalink = remote_reference(row)
        return {
            "id": delivery.pk,
            "post": delivery.post_id,
            "revision": delivery.revision.number,
            "profile": delivery.profile_id,
            "state": shown.state,
            "planned_at": format_instant(row.planned_at),
            "due_at": format_instant(row.due_at if row.state == "waiting" else row.planned_at),  # as queries.parts.DUE
            "sent_at": format_instant(row.sent_at),
            "remote_id": remote_id,
            "permalink": permalink,
            "error": front.reason or None,
            "needs_person": front.needs_person or (front.state == "waiting" and front.held == Held.TOO_LATE),
            "held": (outlook and outlook.hold) or None,
            "held_until": format_instant(outlook.at if outlook and outlook.hold else None),
            "reason": outlook.sentence if outlook and not outlook.idle else None,
            "attempts": row.attempt_count,
            "resends": sum(part.resends for part in parts),
            "parts": [PART_SHAPE.to_representation(part) for part in parts],
        }


class AttemptShape(Shape):
    """One try."""

    kind = serializers.ChoiceField(("send", "upload", "look", "person"))
    started_at = Instant()
    finished_at = Instant(allow_null=True)
    outcome = TextOrNullField(help_text="Null until it ends.")
    detail = serializers.CharField()


class DeliveryWithAttemptsShape(DeliveryShape):  # its context has `attempts`
    """A delivery with the tries of all its parts, the oldest first."""

    attempts = AttemptShape(many=True)  # type: ignore[assignment]  # instead of their number

    def to_representation(self, shown: ShownDelivery) -> dict[str, Any]:
        attempts = AttemptShape(self.context["attempts"], many=True).data
        return {**super().to_representation(shown), "attempts": attempts}


class OwnWordingShape(Shape):  # of a VariantWording
    """A network's own wording; `thread` once somebody has said what it goes on with there, be it nothing."""

    text = serializers.CharField()
    thread = serializers.ListField(child=serializers.CharField(), required=False)

    def to_representation(self, own: VariantWording) -> dict[str, Any]:
        return {"text": own.text} | ({} if own.parts is None else {"thread": list(own.parts)})


class PostShape(Shape):  # of a ShownPost
    """A post with its newest revision, and what goes where."""

    id = IdField()
    state = serializers.ChoiceField(POST_STATES)
    revision = serializers.IntegerField(help_text="The number of the newest.")
    author = IdField(allow_null=True)
    text = serializers.CharField()
    thread = serializers.ListField(child=serializers.CharField(), help_text="What it goes on with.")
    first_comment = serializers.CharField()
    media = FileShape(many=True)
    thread_media = serializers.ListField(
        child=serializers.ListField(child=FileShape()), help_text="The files of each further part of the thread."
    )
    variants = serializers.DictField(child=OwnWordingShape(), help_text="Own wordings, by network.")
    profiles = serializers.ListField(child=IdField(), help_text="Those that the caller may see.")
    scheduled_at = Instant(allow_null=True)
    time_zone = serializers.CharField(allow_null=True, help_text="IANA name of the zone in which it was planned.")
    review_note = serializers.CharField()
    created_at = Instant()
    deliveries = DeliveryShape(many=True)

    def to_representation(self, shown: ShownPost) -> dict[str, Any]:
        post = shown.post
        files = [[FILE_SHAPE.to_representation(one) for one in part] for part in post.newest_revision.files()]
        wordings = post.newest_revision.wordings()
        return {
            "id": post.pk,
            "state": shown.state_filter,
            "revision": post.newest_revision.number,
            "author": post.author_id,
            "text": post.newest_revision.text,
            "thread": post.newest_revision.parts,
            "first_comment": post.newest_revision.first_comment,
            "media": files[0] if files else [],
            "thread_media": files[1:],
            "variants": {network: WORDING_SHAPE.to_representation(own) for network, own in wordings.items()},
            "profiles": [profile.pk for profile in shown.profiles],
            "scheduled_at": format_instant(post.planned_at),
            "time_zone": post.planned_zone or None,
            "review_note": post.review_note,
            "created_at": format_instant(post.created_at),
            "deliveries": [DELIVERY_SHAPE.to_representation(delivery) for delivery in shown.deliveries],
        }


# What is nested is written without a serializer of its own for each row: they keep nothing between two rows.
FILE_SHAPE, PART_SHAPE, DELIVERY_SHAPE, WORDING_SHAPE = FileShape(), PartShape(), DeliveryShape(), OwnWordingShape()
