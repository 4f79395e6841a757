"""What a page says that refuses a change because somebody else was first: who did what, both sides, both merged."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from django import forms
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.timezone import now
from django.utils.translation import gettext as _

from foundation.overtaking import Seen, format_seen_mark, parse_seen_time
from foundation.texts.differences import DiffPiece, diff_texts, merge_texts
from foundation.texts.written_text import with_line_feeds
from organizations.models import AuditEntry

MOST_ENTRIES = 5
CONTROL_FIELDS = ("seen", "was", "csrfmiddlewaretoken")
FormValue = str | list[str]
FormValues = dict[str, FormValue]


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of which both sides differ by now, each with what it made of what stood there before."""

    label: str
    theirs: Sequence[DiffPiece]
    mine: Sequence[DiffPiece]
    clash: bool  # both changed the same words


@dataclass(frozen=True, slots=True)
class Overtaking:
    entries: Sequence[AuditEntry]  # who did what meanwhile, the newest first
    differences: Sequence[Difference] = ()
    kept: Sequence[tuple[str, str]] = ()  # all that was sent, to be sent once more as it is
    action: str = ""  # where to
    theirs: str = ""  # the page of those who take what stands
    clashes: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "clashes", sum(one.clash for one in self.differences))


class SeenForm(forms.Form):
    """A form that carries what it was made from: the mark, and the values of its fields."""

    seen = forms.CharField(widget=forms.HiddenInput({"id": False}), required=False)
    was = forms.CharField(widget=forms.HiddenInput({"id": False}), required=False)

    def clean_seen(self) -> str | None:
        return self.cleaned_data["seen"] or None

    def answers(self) -> dict[str, Any]:
        """As an action takes them."""
        return {name: value for name, value in self.cleaned_data.items() if name != "was"}


def initial_with_mark(values: Mapping[str, Any], mark: str) -> dict[str, Any]:
    """`values` as a form begins with them."""
    return {
        **values,
        "seen": format_seen_mark(mark, now()),
        "was": json.dumps({name: to_form_value(one) for name, one in values.items()}),
    }


def to_form_value(value: Any) -> FormValue:
    """As a browser sends it."""
    if value is None or value is False:
        return ""
    if value is True:
        return "on"
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, (list, tuple, set, models.QuerySet)):
        return [str(getattr(one, "pk", one)) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return with_line_feeds(str(getattr(value, "pk", value)))


def parse_original_values(text: str) -> FormValues:
    """What a form said that it was made from; nonsense is nothing."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return {str(name): to_form_value(value) for name, value in found.items()} if isinstance(found, dict) else {}


def merge_and_compare(
    base: FormValues, mine: FormValues, theirs: FormValues, *, describe: Callable[[str, FormValue], tuple[str, str]]
) -> tuple[FormValues, list[Difference]]:
    """The two merged, and where they differ. `describe` gives a field's label, and its value as people read it."""
    merged: FormValues = {}
    differences = []
    for name in mine:
        there, own = theirs.get(name, ""), mine[name]
        before = base.get(name, there)
        merged[name], clash = merged_value(before, own, there)
        if is_same_value(own, there):
            continue
        label, shown = describe(name, own)
        old, other = describe(name, before)[1], describe(name, there)[1]
        differences.append(Difference(label, diff_texts(old, other), diff_texts(old, shown), clash))
    return merged, differences


def merged_value(before: FormValue, mine: FormValue, theirs: FormValue) -> tuple[FormValue, bool]:
    if isinstance(mine, list):
        old, there = as_list(before), as_list(theirs)
        gone, more = set(old) - set(mine), [one for one in mine if one not in old]
        return [one for one in there if one not in gone] + [one for one in more if one not in there], False
    if isinstance(before, str) and isinstance(theirs, str):
        found = merge_texts(before, mine, theirs)
        return found.text, found.clashes > 0
    return mine, True


def is_same_value(one: FormValue, other: FormValue) -> bool:
    return sorted(as_list(one)) == sorted(as_list(other))


def as_list(value: FormValue) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def posted_mark(request: HttpRequest) -> str | None:
    """What the page that this form stood on had seen; None where it does not say."""
    return request.POST.get("seen") or None


def entries_since(seen: Seen, *things: models.Model, verbs: Iterable[str] = ()) -> list[AuditEntry]:
    """What was done to these things after a page was drawn, the newest first; the last of it where none is known."""
    about = Q()
    for thing in things:
        about |= Q(target_kind=thing._meta.model_name, target_id=str(thing.pk))
    rows = AuditEntry.objects.filter(about).order_by("-at", "-pk")
    rows = rows.filter(verb__in=list(verbs)) if verbs else rows
    at = parse_seen_time(seen)
    return (list(rows.filter(at__gt=at)[:MOST_ENTRIES]) if at else []) or list(rows[:1])


def merge_overtaken_values(
    form: forms.Form,
    values: Mapping[str, Any],
    origin: Mapping[str, Any],
    entries: Sequence[AuditEntry],
    *,
    base: FormValues,
    action: str,
    theirs: str,
) -> tuple[dict[str, Any], Overtaking]:
    """What the form begins with once more: both merged, made from `values`, which stand now. And what the page says.

    `base` is what it was made from, and `origin` the hidden fields that say so of `values`.
    """
    there = {name: to_form_value(value) for name, value in values.items()}
    mine = {name: to_form_value(form[name].value()) for name in form.fields if name not in CONTROL_FIELDS}
    merged, differences = merge_and_compare(
        base, mine, there, describe=lambda name, value: describe_field_value(form, name, value)
    )
    ours = {*CONTROL_FIELDS, *(form.add_prefix(name) for name in CONTROL_FIELDS)}
    kept = [(name, value) for name, value in posted_fields(form) if name not in ours]
    kept += [
        (form.add_prefix(name), value if isinstance(value, str) else json.dumps(value))
        for name, value in origin.items()
    ]
    return {**merged, **origin}, Overtaking(entries, differences, kept, action, theirs)


def merge_overtaken_form(
    form: SeenForm, values: Mapping[str, Any], mark: str, entries: Sequence[AuditEntry], *, action: str, theirs: str
) -> tuple[dict[str, Any], Overtaking]:
    """The same for a form that carries its mark and values."""
    origin = {name: value for name, value in initial_with_mark(values, mark).items() if name in CONTROL_FIELDS}
    base = parse_original_values(form["was"].value() or "")
    return merge_overtaken_values(form, values, origin, entries, base=base, action=action, theirs=theirs)


def posted_fields(form: forms.BaseForm) -> list[tuple[str, str]]:
    assert isinstance(form.data, MultiValueDict)  # as a page sent it
    return [(name, value) for name, values in form.data.lists() for value in values]


def describe_field_value(form: forms.BaseForm, name: str, value: FormValue) -> tuple[str, str]:
    """A field's label, and what stands in it by the words that its choices have."""
    known = form.fields[name]
    label = str(known.label or name)
    if isinstance(known, forms.BooleanField):
        return label, _("Yes") if value else _("No")
    words = {str(key): str(word) for key, word in getattr(known, "choices", ())}
    if not words:
        return label, ", ".join(as_list(value)) if isinstance(value, list) else value
    return label, ", ".join(words.get(one, one) for one in as_list(value)) or words.get("", "")
