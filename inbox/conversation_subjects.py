"""Conversations as what a task can be about."""

from collections.abc import Collection

from django.urls import reverse
from django.utils.translation import gettext as _

from foundation.texts.text_comparison import clip_to_line
from inbox.access import conversations_for
from organizations.actors import Actor
from organizations.auditing.subject_names import Subject


def find_conversation_subjects(actor: Actor, pks: Collection[int]) -> dict[int, Subject]:
    """Those of `pks` that `actor` may see, in one query."""
    rows = conversations_for(actor).filter(pk__in=pks).select_related("contact", "organization")
    return {
        one.pk: Subject(
            kind="conversation",
            pk=one.pk,
            label=clip_to_line(f"{one.contact.name if one.contact else _('Somebody')}: {one.snippet}", 80),
            url=reverse("inbox:conversation", args=[one.organization.slug, one.pk]),
            icon="inbox",
        )
        for one in rows
    }
