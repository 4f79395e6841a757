"""What people fill in."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.overtaking import format_seen_mark
from foundation.texts.dates import parse_zoned_moment
from foundation.texts.ids import parse_ids
from foundation.texts.number_format import format_number
from foundation.texts.written_text import WrittenField
from networks.queries.queue import QUEUE_PLACES
from networks.registry import adapter_classes
from organizations.models import Member
from publishing.actions.next_steps import PublishIntent
from publishing.composing.post_input import PostInput
from publishing.composing.threads import MOST_PARTS, VariantWording
from publishing.models import Post, Revision
from publishing.planning.planned_times import instant_of_clock, unchanged_time
from publishing.queries.posts import STATE_FILTERS

WHEN_CHOICES = [
    ("none", gettext_lazy("No time yet")),
    ("at", gettext_lazy("At a time")),
    ("now", gettext_lazy("Now")),
]


PART_NUMBERS = range(2, MOST_PARTS + 1)


def part_field_name(number: int) -> str:
    return f"part_{number}"


def media_field_name(number: int) -> str:
    """Of the boxes with what goes with a part; 1 is the first text. Their order is the order of the files."""
    return f"media_{number}"


def own_field_name(network: str, number: int) -> str:
    """Of what a network's own wording goes on with."""
    return f"own_{network}_{number}"


def alone_field_name(network: str) -> str:
    """Of the box that says: its own wording is all that this network gets."""
    return f"alone_{network}"


class PlainText(WrittenField):
    """Text as it was typed, with the line ends that networks count."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, required=False, **kwargs)


class ComposerForm(forms.Form):
    """The composer. Profiles and variants are read beside the fields: their number depends on the networks."""

    data: QueryDict

    form_key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)  # what an edit was made from
    was = forms.CharField(required=False, widget=forms.HiddenInput)  # publishing.composing.edit_merging reads both
    text = PlainText(label=gettext_lazy("Text"), widget=forms.Textarea)
    first_comment = PlainText(label=gettext_lazy("First comment"), widget=forms.Textarea)
    when = forms.ChoiceField(
        choices=WHEN_CHOICES, required=False, initial="none", label=gettext_lazy("When"), widget=forms.RadioSelect
    )
    day = forms.DateField(
        required=False, label=gettext_lazy("Day"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    clock = forms.TimeField(
        required=False, label=gettext_lazy("Time"), widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )

    def __init__(self, *args: Any, member: Member, zone: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        self.zone = zone or member.time_zone
        self.beside: dict[str, list[str]] = {}  # what an action refused
        for number in PART_NUMBERS:
            self.fields[part_field_name(number)] = PlainText(
                label=_("Part %s") % format_number(number), widget=forms.Textarea
            )
        for adapter in adapter_classes():
            self.fields[f"variant_{adapter.network}"] = PlainText(
                label=adapter.label, widget=forms.Textarea({"rows": 6, "placeholder": _("The same as everywhere")})
            )

    @property
    def given(self) -> Mapping[str, Any]:
        return self.data if self.is_bound else self.initial

    def pks(self, name: str) -> list[int]:
        """Boxes of one name, as far as they hold ids."""
        raw = self.given.getlist(name) if isinstance(self.given, QueryDict) else self.given.get(name, [])
        return parse_ids(map(str, raw))

    @property
    def ids(self) -> list[int]:
        return self.pks("profiles")

    @property
    def part_media(self) -> dict[int, list[int]]:
        """The files of each part that has any, by the number of its field."""
        found = {number: self.pks(media_field_name(number)) for number in (1, *PART_NUMBERS)}
        return {number: pks for number, pks in found.items() if pks}

    @property
    def alt_texts(self) -> dict[int, str]:
        """What was written about each file."""
        pks = {pk for part in self.part_media.values() for pk in part}
        return {pk: str(self.given[name]) for pk in pks if (name := f"alt_{pk}") in self.given}

    @property
    def parts(self) -> dict[int, str]:
        """What the thread goes on with, by the number of its field; those without words and files are none."""
        given, media = self.cleaned_data if self.is_bound else self.initial, self.part_media
        found = {number: given.get(part_field_name(number)) or "" for number in PART_NUMBERS}
        return {number: text for number, text in found.items() if text.strip() or number in media}

    @property
    def part_fields(self) -> list[tuple[int, forms.BoundField]]:
        """Those that the page shows: what is in the form, and what holds something."""
        return [
            (number, self[part_field_name(number)]) for number in PART_NUMBERS if part_field_name(number) in self.given
        ]

    @property
    def content(self) -> PostInput:
        return PostInput(
            text=self.cleaned_data["text"],
            profiles=self.ids,
            variants=self.variants,
            thread=list(self.parts.values()),
            first_comment=self.cleaned_data["first_comment"],
            media=self.part_media.get(1, []),
            thread_media=[self.part_media.get(number, []) for number in self.parts],
            alt_texts=self.alt_texts,
        )

    def with_texts(self, texts: list[tuple[str, list[int]]]) -> "ComposerForm":
        """The same with other texts and their files, the first and those the thread goes on with."""
        data = self.data.copy()
        for number in PART_NUMBERS:
            data.pop(part_field_name(number), None)
            data.pop(media_field_name(number), None)
        for number, (text, pks) in zip((1, *PART_NUMBERS), texts or [("", [])], strict=False):
            data["text" if number == 1 else part_field_name(number)] = text
            data.setlist(media_field_name(number), map(str, pks))
        return ComposerForm(data, member=self.member, zone=self.zone)

    def with_media(self, number: int, pks: list[int]) -> "ComposerForm":
        """The same with more files."""
        data = self.data.copy()
        data.setlist(media_field_name(number), map(str, [*self.pks(media_field_name(number)), *pks]))
        return ComposerForm(data, member=self.member, zone=self.zone)

    def for_new_post(self) -> "ComposerForm":
        """The same for a new post."""
        data = self.data.copy()
        data.update({"form_key": str(uuid4())})
        for name in ("seen", "was", "post"):
            data.pop(name, None)
        return ComposerForm(data, member=self.member, zone=self.zone)

    def with_own(self, network: str) -> "ComposerForm":
        """The same where `network` has a thread of its own, filled with the common one; or with one more part."""
        data = self.data.copy()
        own = self.own_boxes(network)
        if own:
            data[own_field_name(network, max(own) + 1)] = ""
        else:
            for number, text in zip(PART_NUMBERS, self.parts.values(), strict=False):
                data[own_field_name(network, number)] = text
            if not (data.get(f"variant_{network}") or "").strip():
                data[f"variant_{network}"] = data.get("text", "")
        data.pop(alone_field_name(network), None)
        return ComposerForm(data, member=self.member, zone=self.zone)

    def own_boxes(self, network: str) -> dict[int, str]:
        """What is in the boxes of a network's own parts, empty ones too, by their numbers."""
        names = {number: own_field_name(network, number) for number in PART_NUMBERS}
        plain = PlainText()
        return {number: plain.clean(self.given[name]) for number, name in names.items() if name in self.given}

    @property
    def variants(self) -> dict[str, VariantWording]:
        given = self.cleaned_data if self.is_bound else self.initial
        found: dict[str, VariantWording] = {}
        for adapter in adapter_classes():
            text = given.get(f"variant_{adapter.network}") or ""
            parts = tuple(one for one in self.own_boxes(adapter.network).values() if one.strip())
            alone = bool(self.given.get(alone_field_name(adapter.network)))
            if text.strip() or parts:
                found[adapter.network] = VariantWording(text, parts if parts or alone else None)
        return found

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        if data.get("when") != "at" or self.data.get("do") == "draft":
            return data
        for name, wrong in (("day", _("Choose a day.")), ("clock", _("Choose a time."))):
            if data.get(name) is None and name not in self.errors:
                self.add_error(name, wrong)
        if data.get("day") and not 2000 < data["day"].year < 2200:  # what clocks can be reckoned with
            self.add_error("day", _("Choose a day in the next two years."))
        return data

    @property
    def lacks_time(self) -> bool:
        """Whether a time is wanted that is not (wholly) given."""
        return self.is_bound and self.cleaned_data.get("when") == "at" and self.intent.at is None

    @property
    def intent(self) -> PublishIntent:
        """When it should go, as far as that can be read."""
        data = self.cleaned_data
        if data.get("when") == "now":
            return PublishIntent(now=True)
        if data.get("when") == "at" and data.get("day") and data.get("clock") is not None:
            day, clock, zone = data["day"], data["clock"], ZoneInfo(self.zone)
            if kept := unchanged_time(self.was_at, day, clock, zone):
                return PublishIntent(at=kept, zone=self.zone)
            return PublishIntent(
                at=instant_of_clock(day, clock, zone), zone=self.zone, wall=datetime.combine(day, clock, tzinfo=UTC)
            )
        return PublishIntent()

    @property
    def was_at(self) -> datetime | None:
        """The planned time that the form came with, to the second."""
        with suppress(ValueError, TypeError, KeyError, RecursionError):
            return parse_zoned_moment(json.loads(self.given["was"])["at"])
        return None

    def refuse(self, fields: dict[str, list[str]]) -> None:
        """Keeps what an action refused for the place that it is about; what was typed stays as it is."""
        for name, texts in fields.items():
            place = {"scheduled_at": "day", "time_zone": "day"}.get(name, name)
            self.beside.setdefault(place, []).extend(texts)


def composer_initial(post: Post, member: Member) -> dict[str, Any]:
    """The composer as a post stands now."""
    revision = post.newest_revision
    found: dict[str, Any] = {
        "form_key": uuid4(),
        "text": revision.text,
        "profiles": list(post.profiles.values_list("pk", flat=True)),
        "when": "at" if post.planned_at else "none",
    }
    found["first_comment"] = revision.first_comment
    for number, files in enumerate(revision.files(), start=1):
        found[media_field_name(number)] = [one.asset for one in files]
        found |= {f"alt_{one.asset}": one.media.alt_text for one in files}
    found |= {part_field_name(number): text for number, text in zip(PART_NUMBERS, revision.parts, strict=False)}
    if post.planned_at:
        there = post.planned_at.astimezone(ZoneInfo(post.planned_zone or member.time_zone))
        found |= {"day": there.date(), "clock": there.time().replace(second=0, microsecond=0)}
    for network, own in revision.wordings().items():
        found[f"variant_{network}"] = own.text
        found[alone_field_name(network)] = "1" if own.parts == () else ""
        found |= {
            own_field_name(network, number): text for number, text in zip(PART_NUMBERS, own.parts or (), strict=False)
        }
    return found | {
        "seen": format_seen_mark(post.mark, now()),
        "was": serialize_edit_base(post, revision, found["profiles"]),
    }


def serialize_edit_base(post: Post, revision: Revision, profiles: list[int]) -> str:
    """What an edit is made from, beside the words, which stand in the revision."""
    at = post.planned_at.isoformat() if post.planned_at else None
    return json.dumps({"revision": revision.number, "profiles": profiles, "at": at})


class ListFilter(forms.Form):
    """Filters that stand in the address; what is not understood is left out."""

    state = forms.ChoiceField(choices=[("", ""), *[(state, state) for state in STATE_FILTERS]], required=False)
    profile = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    q = forms.CharField(max_length=200, required=False)
    before = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    after = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)

    @property
    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class QueueFilter(forms.Form):
    """The same for the queue; nothing chosen is what is due."""

    state = forms.ChoiceField(choices=[("", ""), *[(place, place) for place in QUEUE_PLACES]], required=False)
    network = forms.ChoiceField(
        choices=lambda: [("", ""), *[(one.network, one.label) for one in adapter_classes()]], required=False
    )
    profile = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    after = forms.CharField(max_length=40, required=False)

    @property
    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class DayForm(forms.Form):
    day = forms.DateField(input_formats=["%Y-%m-%d"])


class MoveForm(forms.Form):
    """Another day and time, in the zone that the page names."""

    day = forms.DateField()
    clock = forms.TimeField()
