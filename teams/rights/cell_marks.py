"""How a cell of the matrix is drawn: the level in a word, and where it comes from in a shape and a sentence."""

from collections.abc import Callable, Iterable
from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from organizations.models import Member
from teams.queries.levels import LevelChoice, find_level_name
from teams.queries.matrix import Cell, CellKey
from teams.queries.matrix_reach import Reach
from teams.rights.seen_cells import encode_verbs
from teams.rights.verb_words import verb_names

EMPTY_CELL = Cell()
Place = tuple[int, int]  # row and column, counted from 1
DrawCell = Callable[[CellKey, Place, Cell], SafeString]


def level_word(verbs: frozenset[str], levels: Iterable[LevelChoice]) -> str:
    """The level of these verbs, the largest one within them and how many more, or the verbs themselves."""
    if exact := find_level_name(verbs, levels):
        return exact
    within = max((level for level in levels if level.verbs < verbs), key=lambda level: len(level.verbs), default=None)
    if within is None:
        return ", ".join(verb_names(verbs))
    return f"{within.name} +{len(verbs - within.verbs)}"


def rights_source(cell: Cell) -> tuple[str, str]:
    """(class, sentence) of where the rights come from: what was given to the member counts before the rest."""
    teams = ", ".join(name for name, _verbs in cell.through)
    if cell.own and teams:
        return "own team", _("Own rights, and through %s") % teams
    if cell.own:
        return "own", _("Own rights")
    if teams:
        return "team", _("Through %s") % teams
    return ("role", _("Through the role")) if cell.role else ("none", _("No rights"))


def cell_renderer(levels: list[LevelChoice], verb: str, reach: Reach) -> DrawCell:
    """Draws cells, with a link to the why where that may be asked; each different holding is worded once.

    Attributes go unquoted and end tags that HTML does not ask for are left out: a page has hundreds of these.
    """

    @cache
    def mark(cell: Cell) -> tuple[SafeString, SafeString]:
        kind, sentence = rights_source(cell)
        held = " can" if verb in cell.verbs else ""
        text = level_word(cell.verbs, levels) if cell.verbs else "–"
        return format_html('<td class="{}{}">', kind, held), format_html(' title="{}">{}</a>', sentence, text)

    def draw(at: CellKey, place: Place, cell: Cell) -> SafeString:
        head, tail = mark(cell)
        member, profile = at
        row, column = place  # the labels' names: numbers stay short where ids grow
        asks = f"<a href=why/{member}/{profile}/" if at in reach.asked else "<a"
        tick = (
            f'<input type=checkbox name=cell value={member}-{profile} aria-labelledby="m{row} p{column}">'
            if at in reach.open
            else ""
        )
        return mark_safe(f"{head}{tick}{asks}{tail}")  # noqa: S308  only ids and marks

    return draw


def render_rows(
    members: Iterable[Member],
    profile_ids: list[int],
    cells: dict[CellKey, Cell],
    open_: set[CellKey],
    draw: DrawCell,
) -> list[dict[str, object]]:
    """For each member the whole line of cells as one string: a template's loop over hundreds of cells is slow."""
    rows: list[dict[str, object]] = []
    for row, member in enumerate(members, start=1):
        line = (
            draw((member.pk, pk), (row, column), cells.get((member.pk, pk), EMPTY_CELL))
            for column, pk in enumerate(profile_ids, start=1)
        )
        some = any((member.pk, pk) in open_ for pk in profile_ids)
        seen = "".join(encode_verbs(cells.get((member.pk, pk), EMPTY_CELL).own) for pk in profile_ids) if some else ""
        rows.append({"member": member, "open": some, "seen": seen, "cells": mark_safe("".join(line))})  # noqa: S308 - cells are escaped
    return rows
