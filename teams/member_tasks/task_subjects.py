"""What a task can be about. The floors above register their kinds here, so that this floor need not know them."""

from django.utils.translation import gettext as _

from foundation.errors import Invalid
from foundation.texts.ids import parse_id
from organizations.auditing import subject_names
from organizations.auditing.subject_names import Finder, Reference

SUBJECT_KINDS: set[str] = set()


def register(kind: str, finder: Finder) -> None:
    subject_names.register_subject_finder(kind, finder)
    SUBJECT_KINDS.add(kind)


def parse_reference(text: str) -> Reference | None:
    """`post:12` as (post, 12); None for nothing. Raises Invalid (about) for what cannot be one."""
    if not text:
        return None
    kind, _colon, number = text.partition(":")
    if kind not in SUBJECT_KINDS or (pk := parse_id(number)) is None:
        raise Invalid({"about": [_("Name what it is about as in post:12.")]})
    return kind, pk
