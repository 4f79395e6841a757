"""What people fill in on the settings page, and how an action's answer stands beside its field."""

from functools import lru_cache
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from organizations.models import Role
from socialops.lib.errors import Invalid


def show_errors(form: forms.BaseForm, invalid: Invalid) -> None:
    """Puts each error beside the field that it names; what names no field of the form stands above it."""
    for name, texts in invalid.fields.items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)


@lru_cache(maxsize=1)
def zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(available_timezones())]


class OrganizationForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zones,
        help_text=_("Days of reports begin at midnight here. Days that are counted already stay as they are."),
    )


class MemberForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"))
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Role.choices,
        initial=Role.MEMBER,
        help_text=_(
            "Owners and admins may do everything. Members may do what teams and grants give them. Viewers see numbers."
        ),
    )


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("What is it for?"),
        max_length=80,
        help_text=_("Such as “Warehouse dashboard”. It can do all that you can."),
    )
