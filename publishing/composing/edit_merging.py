"""Two edits of one post: what each made of the post that both began with, field by field, and both merged."""

import copy
import json
from collections.abc import Callable
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_time
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from foundation.texts.dates import parse_zoned_moment
from foundation.texts.differences import diff_texts
from foundation.texts.ids import parse_ids
from networks.models import Profile
from networks.registry import adapter_classes
from organizations.auditing.overtaken_changes import (
    Difference,
    FormValue,
    FormValues,
    Overtaking,
    as_list,
    entries_since,
    merge_and_compare,
    posted_fields,
    to_form_value,
)
from organizations.models import Member
from publishing.forms import WHEN_CHOICES, ComposerForm, alone_field_name, composer_initial, own_field_name
from publishing.models import Post, Revision

IGNORED_FIELDS = ("csrfmiddlewaretoken", "form_key", "seen", "was", "do", "post", "files", "q")
PLAN_FIELDS = ("when", "day", "clock")
Sides = tuple[FormValues, FormValues, FormValues]  # what both began with, mine, theirs
Unit = tuple[set[str], str, Callable[[FormValues], str]]  # names not to be mixed, what they are called, how they read


def merge_edits(member: Member, post: Post, form: ComposerForm, address: str) -> tuple[ComposerForm, Overtaking]:
    """The composer with both merged, made from the post as it stands, and what the page says about that.

    Without differences both wrote the same.
    """
    sent, stands = form.data, composer_initial(post, member)
    found = [
        comparable_values(initial_before_edit(post, form, member)),
        posted_values(sent),
        comparable_values(stands),
    ]
    names = list({name: None for side in found for name in side})
    base, mine, theirs = ({name: side.get(name, [] if is_list_field(name) else "") for name in names} for side in found)
    sides = (base, mine, theirs)
    plan, thread = set(PLAN_FIELDS), {name for name in names if is_thread_field(name)}
    if has_same_parts(sides):
        thread = set()
    units = [(thread, _("Thread"), format_thread), (plan, _("When"), format_plan), *own_thread_units(names)]
    unit_names = set().union(*(unit for unit, _label, _format in units))
    merged, differences = merge_and_compare(
        base,
        {name: value for name, value in mine.items() if name not in unit_names},
        theirs,
        describe=lambda name, value: field_label_and_text(form, name, value),
    )
    for unit, label, format_unit in units:
        taken, unit_differences = merge_unit(unit, label, format_unit, sides)
        merged |= taken
        differences += unit_differences
    kept = [(name, value) for name, value in posted_fields(form) if name not in ("csrfmiddlewaretoken", "seen", "was")]
    kept += [(name, stands[name]) for name in ("seen", "was")]
    home = f"/o/{member.organization.slug}/posts/{post.pk}/?written={post.pk}"  # what was typed is let go
    overtaking = Overtaking(entries_since(sent.get("seen"), post), differences, kept, address, home)
    return ComposerForm(merged_form_data(sent, merged, stands), member=member, zone=form.zone), overtaking


def initial_before_edit(post: Post, form: ComposerForm, member: Member) -> dict[str, Any]:
    """The composer as it was when this edit began; as the post stands where the form does not say."""
    try:
        was = json.loads(form.data.get("was", ""))
        revision = Revision.objects.get(post=post, number=int(was["revision"]))
        at = parse_zoned_moment(was["at"])
        profiles = [int(pk) for pk in was["profiles"]]
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError, Revision.DoesNotExist):
        return composer_initial(post, member)
    earlier = copy.copy(post)
    earlier.revision = revision
    earlier.planned_at = at
    return composer_initial(earlier, member) | {"profiles": profiles}


def comparable_values(initial: dict[str, Any]) -> FormValues:
    return {name: to_form_value(value) for name, value in initial.items() if name not in IGNORED_FIELDS}


def posted_values(data: QueryDict) -> FormValues:
    """As it was sent: lists of boxes, and texts with the line ends that we keep."""
    return {
        name: values if is_list_field(name) else to_form_value(values[-1])
        for name, values in data.lists()
        if name not in IGNORED_FIELDS
    }


def is_list_field(name: str) -> bool:
    return name == "profiles" or name.startswith("media_")


def is_thread_field(name: str) -> bool:
    """Whether it goes on after the first text."""
    return name.startswith(("part_", "media_")) and name != "media_1"


def own_thread_units(names: list[str]) -> list[Unit]:
    """What each network's own wording goes on with, and whether that is all of it."""
    found: list[Unit] = []
    for adapter in adapter_classes():
        unit = {name for name in names if name.startswith(own_field_name(adapter.network, 0)[:-1])}
        unit.add(alone_field_name(adapter.network))
        found.append((unit, _("The thread only for %s") % adapter.label, own_thread_formatter(adapter.network)))
    return found


def own_thread_formatter(network: str) -> Callable[[FormValues], str]:
    start = own_field_name(network, 0)[:-1]

    def format_side(side: FormValues) -> str:
        parts = sorted(
            (int(name[len(start) :]), value) for name, value in side.items() if name.startswith(start) and value
        )
        alone = _("This is all that it gets") if side.get(alone_field_name(network)) else ""
        return "\n\n".join(str(value) for _number, value in parts) or alone

    return format_side


def has_same_parts(sides: Sides) -> bool:
    """Whether all have as many parts. Otherwise the thread is one thing, for its parts do not answer each other."""
    first, *others = ({name for name, value in side.items() if name.startswith("part_") and value} for side in sides)
    return all(one == first for one in others)


def merge_unit(
    unit: set[str], label: str, format_side: Callable[[FormValues], str], sides: Sides
) -> tuple[FormValues, list[Difference]]:
    """What is not to be mixed: whoever changed it, and where both did, mine."""
    base, mine, theirs = ({name: side.get(name, "") for name in unit} for side in sides)
    old, here, there = format_side(base), format_side(mine), format_side(theirs)
    if here == there:
        return mine, []
    difference = Difference(label, diff_texts(old, there), diff_texts(old, here), clash=old not in (here, there))
    return theirs if here == old else mine, [difference]


def format_thread(side: FormValues) -> str:
    parts = sorted((int(name[5:]), value) for name, value in side.items() if name.startswith("part_") and value)
    return "\n\n".join(str(value) for _number, value in parts)


def format_plan(side: FormValues) -> str:
    if side.get("when") != "at":
        return str(dict(WHEN_CHOICES).get(str(side.get("when") or "none"), ""))
    try:
        day, clock = parse_date(str(side.get("day", ""))), parse_time(str(side.get("clock", "")))
    except ValueError:
        day = clock = None
    return f"{date_format(day) if day else '–'}, {clock.strftime('%H:%M') if clock else '–'}"


def format_field_value(name: str, value: FormValue) -> str:
    """A value as people read it."""
    if name == "profiles":
        found = Profile.objects.filter(pk__in=parse_ids(as_list(value)))
        return ", ".join(str(profile) for profile in found.order_by("name", "pk"))
    if name.startswith("media_"):
        return ", ".join(_("File %s") % pk for pk in as_list(value))
    return str(value)


def field_label_and_text(form: ComposerForm, name: str, value: FormValue) -> tuple[str, str]:
    if name.startswith("alt_"):
        return _("Description of file %s") % name[4:], str(value)
    if name == "media_1":
        return _("Pictures and videos"), format_field_value(name, value)
    if name.startswith("media_"):
        return _("Pictures and videos of part %s") % name[6:], format_field_value(name, value)
    if name.startswith("variant_") and name in form.fields:
        return _("Only %s") % form.fields[name].label, str(value)
    label = _("Profiles") if name == "profiles" else form.fields[name].label if name in form.fields else name
    return str(label), format_field_value(name, value)


def merged_form_data(data: QueryDict, merged: FormValues, stands: dict[str, Any]) -> QueryDict:
    found = data.copy()
    for name, value in merged.items():
        found.setlist(name, as_list(value) if is_list_field(name) else [str(value)])
        if name.startswith(("part_", "own_", "alone_")) and not value:
            del found[name]
    for name in ("seen", "was"):
        found[name] = stands[name]
    return found
