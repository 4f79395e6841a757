"""Verbs and levels as people read them."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from networks.models import PROFILE_VERBS

VERB_WORDS: dict[str, str | Promise] = {
    "view": _("view"),
    "draft": _("draft"),
    "publish": _("publish"),
    "approve": _("approve"),
    "reply": _("reply"),
    "analyse": _("analyse"),
    "manage": _("manage"),
}
LEVEL_WORDS: dict[str, str | Promise] = {
    "contributor": _("Contributor"),
    "publisher": _("Publisher"),
    "approver": _("Approver"),
    "community": _("Community"),
    "analyst": _("Analyst"),
    "manager": _("Manager"),
}
TASK_VIEW_LABELS: dict[str, str | Promise] = {
    "mine": _("Mine"),
    "teams": _("My teams’"),
    "given": _("Given by me"),
    "done": _("Ended"),
}


def verb_names(verbs: Iterable[str]) -> list[str]:
    """In the order of rising power, in the reader's language."""
    held = set(verbs)
    return [str(VERB_WORDS[verb]) for verb in PROFILE_VERBS if verb in held]
