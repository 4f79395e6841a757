"""What people fill in about signing in: tokens, the second step, single sign-on, a first organization."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from organizations.actions.sign_on import SIGN_ON_ROLES
from organizations.configuration.settings_forms import time_zone_choices
from organizations.models import OrganizationSignOn, Role
from organizations.rest.scopes import FULL_SCOPES, SCOPE_LABELS
from organizations.sign_in.session_bounds import LEAST_SESSION_DAYS, MOST_IDLE_DAYS, MOST_SESSION_DAYS

KEPT_FIELDS = ("issuer", "client_id", "default_role", "required")
LIFETIME_CHOICES = (
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("A year")),
    ("", _("Until it is revoked")),
)


class TokenForm(forms.Form):
    name = forms.CharField(label=_("What is it for?"), max_length=80, help_text=_("Such as “Warehouse dashboard”."))
    days = forms.ChoiceField(label=_("How long does it work?"), choices=LIFETIME_CHOICES, required=False, initial="90")
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        choices=list(SCOPE_LABELS.items()),
        initial=FULL_SCOPES,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Never more than you may yourself."),
    )

    def action_arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        ends = now() + timedelta(days=int(data["days"])) if data["days"] else None
        return {"name": data["name"], "scopes": data["scopes"], "expires_at": ends}


class MfaForm(forms.Form):
    require_mfa = forms.BooleanField(
        label=_("Everybody needs a second step"),
        required=False,
        help_text=_("An authenticator app or a passkey. Who has none sets it up before the next page opens."),
    )


class BoundsForm(forms.Form):
    idle_days = forms.IntegerField(
        label=_("Days without a page"),
        min_value=LEAST_SESSION_DAYS,
        max_value=MOST_IDLE_DAYS,
        help_text=_("Who has not opened a page for so long signs in again."),
    )
    days = forms.IntegerField(
        label=_("Days in all"),
        min_value=LEAST_SESSION_DAYS,
        max_value=MOST_SESSION_DAYS,
        help_text=_("However busy somebody is, after so many days they sign in again."),
    )


class SignOnForm(forms.Form):
    issuer = forms.CharField(
        label=_("Issuer"),
        max_length=300,
        widget=forms.URLInput,
        help_text=_(
            "As the provider writes it, such as https://login.acme.example/. After a change everybody agrees once more."
        ),
    )
    client_id = forms.CharField(label=_("Client ID"), max_length=200)
    client_secret = forms.CharField(
        label=_("Client secret"),
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept encrypted and never shown."),
    )
    domains = forms.CharField(
        label=_("E-mail domains"),
        max_length=2000,
        help_text=_(
            "Nobody comes in by them before they are proved: each has its record below. Separate several with commas."
        ),
    )
    default_role = forms.ChoiceField(
        label=_("New people come in as"), choices=[(role.value, Role(role).label) for role in SIGN_ON_ROLES]
    )
    required = forms.BooleanField(
        label=_("No other way in for these domains"),
        required=False,
        help_text=_("Passwords then open this organization to owners only. Holds for proved domains."),
    )

    def __init__(self, *given: Any, existing: OrganizationSignOn | None = None, **named: Any) -> None:
        """`existing` is what there is already, whose secret may be kept."""
        super().__init__(*given, **named)
        if existing is not None:
            secret = self.fields["client_secret"]
            secret.required = False
            secret.help_text = _("Kept encrypted and never shown. Leave it empty to keep the one there is.")

    def action_arguments(self) -> dict[str, Any]:
        return {**self.cleaned_data, "domains": re.split(r"[\s,;]+", self.cleaned_data["domains"])}

    @classmethod
    def of(cls, sign_on: OrganizationSignOn | None, domains: Iterable[str]) -> "SignOnForm":
        kept = {} if sign_on is None else {name: getattr(sign_on, name) for name in KEPT_FIELDS}
        return cls(existing=sign_on, initial={**kept, "domains": ", ".join(domains)})


class SignOnEmailForm(forms.Form):
    NONE = _("No organization takes this address. Sign in with your password, or ask an admin of your organization.")

    email = forms.EmailField(
        label=_("Your work e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True})
    )


class FoundingForm(forms.Form):
    name = forms.CharField(label=_("Name of the organization"), max_length=120)
    slug = forms.SlugField(
        label=_("Its short name"), max_length=50, help_text=_("In addresses: letters, digits and hyphens.")
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zone_choices, initial="UTC")
