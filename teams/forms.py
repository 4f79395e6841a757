"""What people fill in about teams, profiles and rights."""

import json
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from foundation.form_fields import choice_field, row_field
from networks.models import Profile
from networks.registry import manifests
from organizations.auditing.overtaken_changes import SeenForm
from organizations.models import Member
from organizations.queries.people import list_members
from teams.models import Team, UseCase
from teams.rights.verb_words import VERB_WORDS

LIST_FIELDS = ("leaders", "members", "profiles")


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # Django gives it none when it runs
    def __init__(self, **given: Any) -> None:
        super().__init__(Member.objects.all(), widget=forms.CheckboxSelectMultiple, required=False, **given)

    def label_from_instance(self, member: Member) -> str:
        return f"{member.name} ({member.user.email})"


class ProfilesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # Django gives it none when it runs
    def __init__(self, **given: Any) -> None:
        rows = Profile.objects.order_by("name", "pk")
        super().__init__(rows, widget=forms.CheckboxSelectMultiple, required=False, **given)

    def label_from_instance(self, profile: Profile) -> str:
        return f"{profile.name} {profile.mark} ({profile.network})"


class TeamForm(forms.Form):
    """All of a team, for admins."""

    seen = forms.JSONField(widget=forms.HiddenInput, required=False)  # the team as it was when the form was drawn

    name = forms.CharField(label=_("Name"), max_length=80)
    department = forms.CharField(
        label=_("Department"), max_length=80, required=False, help_text=_("Or brand, such as “Bakery”.")
    )
    use_case = forms.ChoiceField(
        label=_("Use case"),
        choices=[("", _("Not said")), *UseCase.choices],
        required=False,
        help_text=_("What the team uses social media for."),
    )
    purpose = forms.CharField(label=_("Purpose"), max_length=300, required=False)
    leaders = PeopleField(label=_("Leaders"), help_text=_("They choose the people of the team and give them rights."))
    members = PeopleField(label=_("Members"))
    profiles = ProfilesField(
        label=_("Profiles"), help_text=_("What the team is tasked with. Rights are given on each profile.")
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        for field in ("leaders", "members"):
            row_field(self, field).queryset = list_members()

    def ids(self) -> dict[str, Any]:
        """The answers as the actions take them."""
        data = self.cleaned_data
        names = set(data) - {"seen"}
        return {name: [row.pk for row in data[name]] if name in LIST_FIELDS else data[name] for name in names}

    def changes(self) -> dict[str, Any]:
        """Of these without the words that are as they were seen, and what was seen of the lists."""
        seen = self.cleaned_data["seen"]
        if not isinstance(seen, dict):
            return self.ids()
        given = {name: value for name, value in self.ids().items() if name in LIST_FIELDS or value != seen.get(name)}
        lists = {name: [pk for pk in list_or_empty(seen.get(name)) if isinstance(pk, int)] for name in LIST_FIELDS}
        return {**given, "seen": {**seen, **lists}}


def list_or_empty(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


class LedTeamForm(TeamForm):
    """What a leader may change."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        for field in ("name", "department", "use_case", "leaders", "profiles"):
            del self.fields[field]


def team_form_initial(team: Team) -> dict[str, Any]:
    people = list(team.memberships.values_list("member_id", "leads"))
    found = {
        "name": team.name,
        "department": team.department,
        "use_case": team.use_case,
        "purpose": team.purpose,
        "leaders": [pk for pk, leads in people if leads],
        "members": [pk for pk, _leads in people],
        "profiles": list(team.profiles.values_list("pk", flat=True)),
    }
    return {**found, "seen": found}


def network_choices() -> list[tuple[str, str]]:
    return [(one.network, one.label) for one in manifests()]


def practice_choices() -> list[tuple[str, str]]:
    return [(one.network, one.label) for one in manifests() if one.dialect]


def credentials_help() -> str:
    """What each network's credentials look like."""
    wanted = [
        (one.label, json.dumps(dict.fromkeys(one.credentials[0].needed, "…"), ensure_ascii=False))
        for one in manifests()
    ]
    first, *others = [
        _("for %(network)s %(fields)s") % {"network": label, "fields": fields} for label, fields in wanted
    ]
    return _("%(each)s. Stored encrypted.") % {"each": ", ".join([first[:1].upper() + first[1:], *others])}


class PracticeForm(forms.Form):
    """A profile on a built-in practice network."""

    network = forms.ChoiceField(label=_("Network"), choices=practice_choices)
    credentials = forms.CharField(
        label=_("Handle"),
        max_length=51,
        help_text=_("Any name you like, such as northwind. It never leaves this server."),
    )

    def given(self) -> dict[str, Any]:
        return {"sandbox": True, "handle": self.cleaned_data["credentials"]}


class CredentialsForm(forms.Form):
    """A real profile, with what the network's developer site gave."""

    network = forms.ChoiceField(label=_("Network"), choices=network_choices)
    credentials = forms.CharField(
        label=_("Credentials as JSON"),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
        help_text=lazy(credentials_help, str)(),
    )

    def clean_credentials(self) -> dict[str, Any]:
        try:
            found = json.loads(self.cleaned_data["credentials"])
        except (ValueError, RecursionError):
            raise forms.ValidationError(_("This is not JSON. Check quotes, commas and braces.")) from None
        if not isinstance(found, dict):
            raise forms.ValidationError(_("Give one JSON object, in braces."))
        return found

    def given(self) -> dict[str, Any]:
        return {key: value for key, value in self.cleaned_data["credentials"].items() if key != "sandbox"}


class GrantForm(forms.Form):
    """Somebody who holds nothing on the profile yet."""

    holder = forms.ChoiceField(label=_("Member or team"))
    level = forms.ChoiceField(label=_("Level"))

    def __init__(
        self, *given: Any, holders: list[tuple[str, str]], levels: list[tuple[str, str]], **named: Any
    ) -> None:
        super().__init__(*given, **named)
        choice_field(self, "holder").choices = holders
        choice_field(self, "level").choices = levels


class LevelForm(SeenForm):
    """A level of the organization's own."""

    name = forms.CharField(label=_("Name"), max_length=40)
    verbs = forms.MultipleChoiceField(
        label=_("It may"),
        choices=list(VERB_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever may do anything with a profile may also view it."),
    )
