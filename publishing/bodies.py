"""What programs send of posts and deliveries, and ask of their lists."""

from typing import Any

from rest_framework import serializers

from organizations.rest.serializers import IdField, IdListField, StrictSerializer, WrittenTextField
from publishing.composing.threads import MOST_PARTS
from publishing.instants import Instant
from publishing.limits import LONGEST_ALT_TEXT
from publishing.queries.delivery_parts import DELIVERY_STATES
from publishing.queries.posts import POST_STATES


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
