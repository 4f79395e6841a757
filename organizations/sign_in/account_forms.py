"""A new password after the old one was forgotten, or is known to somebody else."""

from typing import Any

from allauth.account.forms import ResetPasswordKeyForm
from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organizations.actions.ways_in import remove_ways
from organizations.queries.ways_in import Way, ways_added_by_others

KEEP, REMOVE = "keep", "remove"


class ResetForm(ResetPasswordKeyForm):  # type: ignore[misc]  # allauth's forms are untyped
    """Asks about every way in that somebody else may have added. There is no answer that is right for all."""

    others = forms.ChoiceField(
        label=_("Are all of the ways in below yours?"),
        choices=[(KEEP, _("Yes, keep them all")), (REMOVE, _("No, or I am not sure: remove what is ticked"))],
        widget=forms.RadioSelect,
    )
    ways = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found: list[Way] = ways_added_by_others(self.user) if self.user else []
        self.fields["ways"].choices = [(way.key, way.name) for way in self.found]
        if not self.found:
            del self.fields["others"]

    @property
    def ticked(self) -> list[str]:
        return self.data.getlist("ways") if self.is_bound else [way.key for way in self.found]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("others") == REMOVE and not cleaned.get("ways"):
            self.add_error("others", _("Tick what is to be removed, or say that all are yours."))
        return cleaned

    @transaction.atomic
    def save(self) -> None:
        super().save()
        if self.cleaned_data.get("others") == REMOVE:
            remove_ways(self.user, [way for way in self.found if way.key in self.cleaned_data["ways"]], by_mail=True)
