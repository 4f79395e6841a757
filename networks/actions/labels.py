"""Labels of a profile: the words by which people find it among many, such as a country or a brand."""

from django.db import transaction
from django.utils.translation import gettext as _

from foundation.errors import Invalid
from foundation.processes import realtime
from foundation.texts.names import checked_name
from foundation.texts.number_format import format_number
from networks.models import Profile
from organizations.actors import Actor
from organizations.auditing import audit

MAX_LABEL_LENGTH, MAX_LABELS = 40, 20


def add_label(actor: Actor, profile: Profile, label: str) -> None:
    """Nothing happens where it has that label already, in whatever case. Raises Invalid (`label`).

    The caller has asked for `manage` on the profile.
    """
    label = checked_name(label, MAX_LABEL_LENGTH, field="label")
    with transaction.atomic():
        before = lock_labels(profile)
        if label.casefold() in map(str.casefold, before):
            return
        if len(before) >= MAX_LABELS:
            raise Invalid({"label": [_("A profile has %s labels at most.") % format_number(MAX_LABELS)]})
        store_labels(actor, profile, before, sorted([*before, label], key=str.casefold))


def remove_label(actor: Actor, profile: Profile, label: str) -> None:
    """Nothing happens where it is gone already. The caller has asked for `manage` on the profile."""
    with transaction.atomic():
        before = lock_labels(profile)
        if label in before:
            store_labels(actor, profile, before, [one for one in before if one != label])


def lock_labels(profile: Profile) -> list[str]:
    """As they stand now, until the transaction ends: two who add one at once both find theirs there."""
    return list(Profile.objects.select_for_update(no_key=True).values_list("labels", flat=True).get(pk=profile.pk))


def store_labels(actor: Actor, profile: Profile, before: list[str], labels: list[str]) -> None:
    profile.labels = labels
    profile.save(update_fields=["labels"])
    audit.record(actor, "profile.labelled", profile, {"labels": [before, labels]})
    realtime.ping(profile.organization_id, "profiles", profile.pk)
