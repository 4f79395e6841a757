"""What people fill in."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from networks.queries.queue import PLACES
from networks.registry import networks
from organizations.models import Member
from publishing.actions.forward import Wish
from publishing.models import Post
from publishing.queries.posts import FILTERS
from publishing.threads import MOST_PARTS
from publishing.times import instant

WHEN = [
    ("none", gettext_lazy("No time yet")),
    ("at", gettext_lazy("At a time")),
    ("now", gettext_lazy("Now")),
]


PART_NUMBERS = range(2, MOST_PARTS + 1)


def part_name(number: int) -> str:
    return f"part_{number}"


def media_name(number: int) -> str:
    """Of the boxes with what goes with a part; 1 is the first text. Their order is the order of the files."""
    return f"media_{number}"


class PlainText(forms.CharField):
    """Text as it was typed, with the line ends that networks count."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, required=False, **kwargs)

    def to_python(self, value: Any) -> str:
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")


class ComposerForm(forms.Form):
    """The composer. Profiles and variants are read beside the fields: their number depends on the networks."""

    form_key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    text = PlainText(label=gettext_lazy("Text"), widget=forms.Textarea)
    first_comment = PlainText(label=gettext_lazy("First comment"), widget=forms.Textarea)
    when = forms.ChoiceField(
        choices=WHEN, required=False, initial="none", label=gettext_lazy("When"), widget=forms.RadioSelect
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
            self.fields[part_name(number)] = PlainText(label=_("Part %d") % number, widget=forms.Textarea)
        for adapter in networks():
            self.fields[f"variant_{adapter.network}"] = PlainText(
                label=adapter.label, widget=forms.Textarea({"rows": 6, "placeholder": _("The same as everywhere")})
            )

    @property
    def given(self) -> Mapping[str, Any]:
        return self.data if self.is_bound else self.initial

    def pks(self, name: str) -> list[int]:
        """Boxes of one name, as far as they hold ids."""
        raw = self.given.getlist(name) if isinstance(self.given, QueryDict) else self.given.get(name, [])
        return [int(pk) for pk in raw if str(pk).isascii() and str(pk).isdigit() and len(str(pk)) < 19]

    @property
    def ids(self) -> list[int]:
        return self.pks("profiles")

    @property
    def media(self) -> dict[int, list[int]]:
        """The files of each part that has any, by the number of its field."""
        found = {number: self.pks(media_name(number)) for number in (1, *PART_NUMBERS)}
        return {number: pks for number, pks in found.items() if pks}

    @property
    def alt_texts(self) -> dict[int, str]:
        """What was written about each file."""
        pks = {pk for part in self.media.values() for pk in part}
        return {pk: str(self.given[name]) for pk in pks if (name := f"alt_{pk}") in self.given}

    @property
    def parts(self) -> dict[int, str]:
        """What the thread goes on with, by the number of its field; those without words and files are none."""
        given, media = self.cleaned_data if self.is_bound else self.initial, self.media
        found = {number: given.get(part_name(number)) or "" for number in PART_NUMBERS}
        return {number: text for number, text in found.items() if text.strip() or number in media}

    @property
    def part_fields(self) -> list[tuple[int, forms.BoundField]]:
        """Those that the page shows: what is in the form, and what holds something."""
        return [(number, self[part_name(number)]) for number in PART_NUMBERS if part_name(number) in self.given]

    @property
    def content(self) -> dict[str, Any]:
        """As the actions take it."""
        return {
            "text": self.cleaned_data["text"],
            "profiles": self.ids,
            "variants": self.variants,
            "thread": list(self.parts.values()),
            "first_comment": self.cleaned_data["first_comment"],
            "media": self.media.get(1, []),
            "thread_media": [self.media.get(number, []) for number in self.parts],
            "alt_texts": self.alt_texts,
        }

    def with_texts(self, texts: list[tuple[str, list[int]]]) -> "ComposerForm":
        """The same with other texts and their files, the first and those the thread goes on with."""
        data = self.data.copy()
        for number in PART_NUMBERS:
            data.pop(part_name(number), None)
            data.pop(media_name(number), None)
        for number, (text, pks) in zip((1, *PART_NUMBERS), texts or [("", [])], strict=False):
            data["text" if number == 1 else part_name(number)] = text
            data.setlist(media_name(number), pks)
        return ComposerForm(data, member=self.member, zone=self.zone)

    def with_media(self, number: int, pks: list[int]) -> "ComposerForm":
        """The same with more files."""
        data = self.data.copy()
        data.setlist(media_name(number), [*self.pks(media_name(number)), *pks])
        return ComposerForm(data, member=self.member, zone=self.zone)

    @property
    def variants(self) -> dict[str, str]:
        names = {adapter.network: f"variant_{adapter.network}" for adapter in networks()}
        found = {network: self.cleaned_data.get(name) or "" for network, name in names.items()}
        return {network: text for network, text in found.items() if text.strip()}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
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
        return self.is_bound and self.cleaned_data.get("when") == "at" and self.wish.at is None

    @property
    def wish(self) -> Wish:
        """When it should go, as far as that can be read."""
        data = self.cleaned_data
        if data.get("when") == "now":
            return Wish(now=True)
        if data.get("when") == "at" and data.get("day") and data.get("clock") is not None:
            return Wish(at=instant(data["day"], data["clock"], ZoneInfo(self.zone)), zone=self.zone)
        return Wish()

    def refuse(self, fields: dict[str, list[str]]) -> None:
        """Keeps what an action refused for the place that it is about; what was typed stays as it is."""
        for name, texts in fields.items():
            place = {"scheduled_at": "day", "time_zone": "day"}.get(name, name)
            self.beside.setdefault(place, []).extend(texts)


def initial_for(post: Post, member: Member) -> dict[str, Any]:
    """The composer as a post stands now."""
    found: dict[str, Any] = {
        "form_key": uuid4(),
        "text": post.revision.text,
        "profiles": list(post.profiles.values_list("pk", flat=True)),
        "when": "at" if post.planned_at else "none",
    }
    found["first_comment"] = post.revision.first_comment
    for number, files in enumerate(post.revision.files(), start=1):
        found[media_name(number)] = [one.asset for one in files]
        found |= {f"alt_{one.asset}": one.media.alt_text for one in files}
    found |= {part_name(number): text for number, text in zip(PART_NUMBERS, post.revision.parts, strict=False)}
    if post.planned_at:
        there = post.planned_at.astimezone(ZoneInfo(post.planned_zone or member.time_zone))
        found |= {"day": there.date(), "clock": there.time().replace(second=0, microsecond=0)}
    return found | {f"variant_{network}": text for network, text in post.revision.wordings().items()}


class ListFilter(forms.Form):
    """Filters that stand in the address; what is not understood is left out."""

    state = forms.ChoiceField(choices=[("", ""), *[(state, state) for state in FILTERS]], required=False)
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

    state = forms.ChoiceField(choices=[("", ""), *[(place, place) for place in PLACES]], required=False)
    network = forms.ChoiceField(
        choices=lambda: [("", ""), *[(one.network, one.label) for one in networks()]], required=False
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
