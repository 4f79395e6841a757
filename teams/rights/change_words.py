"""A change of rights, told by its result: "Cole may now publish on Help". Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.texts.numbers import spelt_number
from networks.models import VERBS
from teams.rights.verb_words import VERB_WORDS

NAMED = 3  # beyond that they are counted

Verbs = frozenset[str]


@dataclass(frozen=True, slots=True)
class Change:
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


def told(changes: Iterable[Change]) -> str:
    """One sentence, however many there were."""
    real = [one for one in changes if one.before != one.after]
    if not real:
        return _("Nothing is different: the same rights come through a team or the role.")
    who, where = list(dict.fromkeys(one.who for one in real)), list(dict.fromkeys(one.where for one in real))
    alike = {(one.gained, one.lost, one.after) for one in real}
    if len(alike) > 1 or len(real) != len(who) * len(where):
        return counted(who, where)
    return sentence(real[0], {"who": listed(who), "where": listed(where)})


def counted(who: Sequence[str], where: Sequence[str]) -> str:
    whose = (
        who[0]
        if len(who) == 1
        else ngettext("%s person or team", "%s people or teams", len(who)) % spelt_number(len(who))
    )
    places = (
        listed(where)
        if len(where) <= NAMED
        else ngettext("%s profile", "%s profiles", len(where)) % spelt_number(len(where))
    )
    return _("The rights of %(whose)s on %(where)s are changed.") % {"whose": whose, "where": places}


def sentence(one: Change, names: dict[str, str]) -> str:
    if not one.after:
        return _("%(who)s may no longer do anything on %(where)s.") % names
    if one.gained and one.after >= set(VERBS):
        return _("%(who)s may now do everything on %(where)s.") % names
    if one.gained == {"view"} and not one.lost:
        return _("%(who)s may now see %(where)s.") % names
    words = {**names, "gained": spelt(one.gained), "lost": spelt(one.lost)}
    if one.gained and one.lost:
        return _("%(who)s may now %(gained)s, and no longer %(lost)s, on %(where)s.") % words
    if one.gained:
        return _("%(who)s may now %(gained)s on %(where)s.") % words
    return _("%(who)s may no longer %(lost)s on %(where)s.") % words


def spelt(verbs: Collection[str]) -> str:
    """Who may do anything may view: that is said only where it is all there is."""
    names = [str(VERB_WORDS[verb]) for verb in VERBS if verb in verbs and (verb != "view" or len(verbs) == 1)]
    return listed(names, most=len(VERBS))


def listed(names: Sequence[str], *, most: int = NAMED) -> str:
    """Anna, Ben and Cem; Anna, Ben and 4 more."""
    shown = (
        list(names[:most])
        if len(names) <= most
        else [*names[: most - 1], _("%s more") % spelt_number(len(names) - most + 1)]
    )
    if len(shown) < 2:
        return "".join(shown)
    return _("%(first)s and %(last)s") % {"first": ", ".join(shown[:-1]), "last": shown[-1]}
