"""The entries of a day in the calendar, drawn in one go: a month has hundreds, and a loop in a template is slow."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from foundation.overtaking import format_seen_mark
from publishing.queries.calendar import CalendarEntry
from publishing.templatetags.planner import files_of
from socialops.templatetags.state_faces import find_state_face
from socialops.templatetags.ui import icon, network_name

register = template.Library()
MOST_NETWORKS_SHOWN = 2
LONGEST_TITLE = 50


@register.simple_tag(takes_context=True)
def calendar_entries(context: Context, entries: list[CalendarEntry], slug: str) -> SafeString:
    """Links to these posts, with the time in the page's `zone`; those that can be moved say where to."""
    zone, now = ZoneInfo(context["zone"]), context["drawn_at"]
    drawn = (draw_entry(one, slug, zone, context["address"], now) for one in entries)
    return mark_safe("".join(drawn))  # noqa: S308  each is escaped


def draw_entry(entry: CalendarEntry, slug: str, zone: ZoneInfo, address: str, now: datetime) -> SafeString:
    post = entry.post
    assert post.planned_at is not None  # it is in the calendar
    return format_html(
        '<a class="entry {}" id="entry-{}" href="{}" data-entry{}>{}<time>{}</time>{}{}'
        '<span dir="auto" class="entry__text">{}</span></a>',
        find_state_face(entry.state).css,
        post.pk,
        reverse("publishing:post", args=[slug, post.pk]),
        draw_move(entry, slug, address, now) if entry.movable else "",
        draw_state(entry.state),
        f"{post.planned_at.astimezone(zone):%H:%M}",
        draw_networks(tuple(entry.networks)),
        draw_files(files_of(post.newest_revision)),
        Truncator(post.newest_revision.title).chars(LONGEST_TITLE),
    )


def draw_move(entry: CalendarEntry, slug: str, address: str, now: datetime) -> SafeString:
    return format_html(
        ' draggable="true" data-seen="{}" aria-keyshortcuts="m" data-move-url="{}?{}"',
        format_seen_mark(entry.post.mark, now),
        reverse("publishing:move", args=[slug, entry.post.pk]),
        address,
    )


def draw_state(state: str) -> SafeString:
    label = find_state_face(state).label
    return format_html('<svg role="img" aria-label="{}"><use href="#state-{}"/></svg>', label, state)


@lru_cache(maxsize=256)
def draw_networks(networks: tuple[str, ...]) -> SafeString:
    """Their marks; of many the first, and how many more."""
    mark = '<svg class="entry__mark" role="img" aria-label="{}"><use href="#network-{}"/></svg>'
    marks = [format_html(mark, network_name(one), one) for one in networks[:MOST_NETWORKS_SHOWN]]
    if len(networks) > MOST_NETWORKS_SHOWN:
        marks.append(format_html('<span class="entry__more">+{}</span>', intcomma(len(networks) - MOST_NETWORKS_SHOWN)))
    return mark_safe("".join(marks))  # noqa: S308  each is escaped


def draw_files(files: str) -> SafeString | str:
    return format_html('<span class="entry__files">{}</span>', icon("image", size=12, label=files)) if files else ""
