"""A change of rights, told by its result: "Cole may now publish on Help". Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.texts.number_format import format_number
from networks.models import PROFILE_VERBS
from teams.rights.verb_words import VERB_WORDS

MOST_NAMED = 3  # beyond that they are counted

Verbs = frozenset[str]


@dataclass(frozen=True, slots=True)
class RightsChange:
    """What a member or team could do with one profile, and can now: by themselves, through teams and the role."""

    who: str
    where: str
    before: Verbs
    after: Verbs

    @property
    def gained(self) -> Verbs:
        return self.after - self.before

    @property
    def lost(self) -> Verbs:
        return self.before - self.after


def describe_changes(changes: Iterable[RightsChange]) -> str:
    """One sentence, however many there were."""
    real = [one for one in changes if one.before != one.after]
    if not real:
        return _("Nothing is different: the same rights come through a team or the role.")
    who, where = list(dict.fromkeys(one.who for one in real)), list(dict.fromkeys(one.where for one in real))
    alike = {(one.gained, one.lost, one.after) for one in real}
    if len(alike) > 1 or len(real) != len(who) * len(where):
        return describe_counted(who, where)
    return describe_change(real[0], {"who": join_names(who), "where": join_names(where)})


def describe_counted(who: Sequence[str], where: Sequence[str]) -> str:
    whose = (
        who[0]
        if len(who) == 1
        else ngettext("%s person or team", "%s people or teams", len(who)) % format_number(len(who))
    )
    places = (
        join_names(where)
        if len(where) <= MOST_NAMED
        else ngettext("%s profile", "%s profiles", len(where)) % format_number(len(where))
    )
    return _("The rights of %(whose)s on %(where)s are changed.") % {"whose": whose, "where": places}


def describe_change(one: RightsChange, names: dict[str, str]) -> str:
    if not one.after:
        return _("%(who)s may no longer do anything on %(where)s.") % names
    if one.gained and one.after >= set(PROFILE_VERBS):
        return _("%(who)s may now do everything on %(where)s.") % names
    if one.gained == {"view"} and not one.lost:
        return _("%(who)s may now see %(where)s.") % names
    words = {**names, "gained": join_verbs(one.gained), "lost": join_verbs(one.lost)}
    if one.gained and one.lost:
        return _("%(who)s may now %(gained)s, and no longer %(lost)s, on %(where)s.") % words
    if one.gained:
        return _("%(who)s may now %(gained)s on %(where)s.") % words
    return _("%(who)s may no longer %(lost)s on %(where)s.") % words


def join_verbs(verbs: Collection[str]) -> str:
    """Who may do anything may view: that is said only where it is all there is."""
    names = [str(VERB_WORDS[verb]) for verb in PROFILE_VERBS if verb in verbs and (verb != "view" or len(verbs) == 1)]
    return join_names(names, most=len(PROFILE_VERBS))


def join_names(names: Sequence[str], *, most: int = MOST_NAMED) -> str:
    """Anna, Ben and Cem; Anna, Ben and 4 more."""
    shown = (
        list(names[:most])
        if len(names) <= most
        else [*names[: most - 1], _("%s more") % format_number(len(names) - most + 1)]
    )
    if len(shown) < 2:
        return "".join(shown)
    return _("%(first)s and %(last)s") % {"first": ", ".join(shown[:-1]), "last": shown[-1]}
