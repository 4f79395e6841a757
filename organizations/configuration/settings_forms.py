"""What people fill in on the settings page, and how an action's answer stands beside its field."""

from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from foundation.errors import Invalid
from foundation.form_fields import choice_field
from organizations.actions.organizations import MOST_LATE_MINUTES
from organizations.auditing.overtaken_changes import SeenForm
from organizations.models import Role


def show_errors(form: forms.BaseForm, invalid: Invalid) -> None:
    """Puts each error beside the field that it names; what names no field of the form stands above it."""
    for name, texts in invalid.fields.items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)


@lru_cache(maxsize=1)
def time_zone_choices() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(available_timezones())]


def language_choices() -> list[tuple[str, object]]:
    return [("", _("As each reader's browser asks")), *settings.LANGUAGES]


class StretchesField(forms.CharField):
    """Stretches of a day; empty: a day of rest."""

    def __init__(self, **given: Any) -> None:
        hint = {"placeholder": _("rests"), "autocomplete": "off"}
        super().__init__(required=False, max_length=120, widget=forms.TextInput(attrs=hint), **given)


class OwnDetailsForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("As your colleagues read it, in every organization that you belong to."),
    )
    time_zone = forms.ChoiceField(
        label=_("Your time zone"), required=False, help_text=_("Times are shown and planned on this clock.")
    )

    def __init__(self, *given: Any, zone: str, **named: Any) -> None:
        super().__init__(*given, **named)
        own = ("", _("As the organization: %s") % zone.replace("_", " "))
        choice_field(self, "time_zone").choices = [own, *time_zone_choices()]


class OrganizationForm(SeenForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zone_choices,
        help_text=_("Days of reports begin at midnight here. Days that are counted already stay as they are."),
    )
    locale = forms.ChoiceField(
        label=_("Language and formats"),
        choices=language_choices,
        required=False,
        help_text=_("Of every page, for everybody here."),
    )
    brand_colour = forms.CharField(
        label=_("Brand colour"),
        max_length=9,
        required=False,
        help_text=_("Such as #3f51d1, dark enough for white letters. Without a logo it stands behind your initials."),
    )

    too_late_minutes = forms.IntegerField(
        label=_("Too late after (minutes)"),
        required=False,
        min_value=1,
        max_value=MOST_LATE_MINUTES,
        help_text=_(
            "A post that could not leave at its time, and is later than this, is held until somebody decides: send it "
            "now, at another time, or not at all. Replies always leave. 360 (six hours) unless you say otherwise. "
            "Empty: posts leave however late."
        ),
    )

    def clean_too_late_minutes(self) -> int:
        """0 where nothing is too late."""
        return self.cleaned_data["too_late_minutes"] or 0


class LogoForm(forms.Form):
    logo = forms.FileField(
        label=_("Logo"),
        help_text=_("PNG, JPEG or WebP, square looks best, at most 512 kB. Only members see it."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )


class PictureForm(forms.Form):
    picture = forms.FileField(
        label=_("Your picture"),
        help_text=_(
            "JPEG, PNG or WebP, at most 10 MB; a square is cut out of it. Only people of your organizations see it, "
            "and where it was taken is not kept."
        ),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


class WeekForm(SeenForm):
    """One line for each weekday."""

    monday = StretchesField(label=_("Monday"))
    tuesday = StretchesField(label=_("Tuesday"))
    wednesday = StretchesField(label=_("Wednesday"))
    thursday = StretchesField(label=_("Thursday"))
    friday = StretchesField(label=_("Friday"))
    saturday = StretchesField(label=_("Saturday"))
    sunday = StretchesField(label=_("Sunday"))


class HolidayForm(forms.Form):
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    name = forms.CharField(label=_("Name"), max_length=80)


class MemberForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"))
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Role.choices,
        initial=Role.MEMBER,
        help_text=_(
            "Owners and admins may do everything. Members may do what teams and grants give them. "
            "Viewers look on: they see numbers, and change nothing whatever they are granted."
        ),
    )
