"""What people fill in about people: roles, invitations, absences, off-boarding, joining."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.form_fields import choice_field, row_field
from organizations.models import Member, Role
from organizations.queries.people import list_members

MOST_LIST_BYTES = 512 * 1024


def roles_up_to(rank: int) -> list[tuple[str, str]]:
    return [(str(role), str(role.label)) for role in Role if role.rank <= rank]


class MemberField(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django gives it none when it runs
    """One member of the organization."""

    def __init__(self, **given: Any) -> None:
        super().__init__(Member.objects.none(), **given)

    def label_from_instance(self, member: Member) -> str:
        return f"{member.name} ({member.user.email})"


def takeover_candidates(member: Member) -> Any:
    """Who can take something over: everybody else who does more than look."""
    return list_members().exclude(pk=member.pk).exclude(role=Role.VIEWER)


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), help_text=_("They get a link that works once, for a week."))
    role = forms.ChoiceField(
        label=_("Role"),
        initial=Role.MEMBER,
        help_text=_(
            "Owners and admins may do everything. Members may do what teams and grants give them. "
            "Viewers look on: they see numbers, and change nothing whatever they are granted."
        ),
    )
    teams = forms.TypedMultipleChoiceField(
        label=_("Teams to join"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *given: Any, rank: int, teams: Mapping[int, str], **named: Any) -> None:
        super().__init__(*given, **named)
        choice_field(self, "role").choices = roles_up_to(rank)
        choice_field(self, "teams").choices = list(teams.items())
        if not teams:
            del self.fields["teams"]


class InvitationListForm(forms.Form):
    """A CSV file, or its lines pasted."""

    file = forms.FileField(label=_("File"), required=False, help_text=_("A spreadsheet saved as CSV."))
    people = forms.CharField(
        label=_("Or paste the lines"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "placeholder": "email,role,teams"}),
        help_text=_("First the names of the columns: email, role, teams. Several teams are parted by |."),
    )

    def text(self) -> str:
        """What was pasted, or else the file. Adds an error and returns "" where there is nothing to read."""
        pasted: str = self.cleaned_data["people"]
        if pasted.strip():
            return pasted
        file = self.cleaned_data["file"]
        if file is None:
            self.add_error("file", _("Choose a file, or paste the lines."))
        elif file.size > MOST_LIST_BYTES:
            self.add_error("file", _("This file is too big for a list of people."))
        else:
            return self.decoded(file.read())
        return ""

    def decoded(self, raw: bytes) -> str:
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.add_error("file", _("This is not UTF-8 text. Save the list as “CSV UTF-8”."))
            return ""


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role in the organization"))

    def __init__(self, *given: Any, rank: int, **named: Any) -> None:
        super().__init__(*given, **named)
        choice_field(self, "role").choices = roles_up_to(rank)


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class AbsenceForm(forms.Form):
    first_day = forms.DateField(label=_("First day away"), widget=DayInput())
    last_day = forms.DateField(label=_("Last day away"), widget=DayInput())
    deputy = MemberField(
        label=_("Deputy"),
        empty_label=_("Choose somebody"),
        help_text=_("Sees what is assigned meanwhile, as far as their own rights go."),
    )

    def __init__(self, *given: Any, member: Member, **named: Any) -> None:
        super().__init__(*given, **named)
        row_field(self, "deputy").queryset = takeover_candidates(member)


class LeavingForm(forms.Form):
    """Who takes over; `to_<kind>` names somebody else for one kind of thing."""

    use_required_attribute = False  # a browser would hold back each change that only asks what would happen

    successor = MemberField(
        label=_("Successor"), help_text=_("Takes over all that is not given to somebody else below.")
    )
    scheduled = forms.ChoiceField(
        label=_("Scheduled posts"),
        required=False,
        initial="keep",
        choices=[("keep", _("Go out as planned")), ("draft", _("Become drafts again, to be looked at"))],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )

    def __init__(
        self, *given: Any, member: Member, kinds: Mapping[str, str], confirmed: bool = False, **named: Any
    ) -> None:
        """`confirmed` says that it is done now: their name has to be there, for it cannot be taken back."""
        super().__init__(*given, **named)
        self.member, self.confirmed = member, confirmed
        self.fields["name"].label = _("To confirm, type their name: %s") % member.name
        people = list(takeover_candidates(member))
        queryset = takeover_candidates(member)
        for kind, label in kinds.items():
            self.fields[f"to_{kind}"] = MemberField(label=label, required=False, empty_label=_("The successor"))
        for name in ("successor", *(f"to_{kind}" for kind in kinds)):
            field = row_field(self, name)
            field.queryset = queryset
            # one query for all of these lists
            blank = [] if field.required else [("", field.empty_label)]
            field.choices = [*blank, *((one.pk, field.label_from_instance(one)) for one in people)]

    def clean_name(self) -> str:
        entered = self.cleaned_data["name"]
        if self.confirmed and normalize_name(entered) != normalize_name(self.member.name):
            raise forms.ValidationError(_("Type the name as it stands: %s.") % self.member.name)
        return str(entered)

    def chosen(self, kinds: Mapping[str, str]) -> dict[str, Member]:
        return {kind: one for kind in kinds if (one := self.cleaned_data.get(f"to_{kind}"))}


def normalize_name(text: str) -> str:
    return " ".join(text.split()).casefold()


class JoinForm(forms.Form):
    """A new person."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters. Several words are easy to remember and hard to guess."),
    )
