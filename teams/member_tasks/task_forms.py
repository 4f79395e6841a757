"""What people fill in about tasks."""

import uuid
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.errors import Invalid
from foundation.form_fields import choice_field
from foundation.texts.written_text import WrittenField
from organizations.models import Member, Role
from organizations.queries.people import list_members
from teams.actions.tasks import LONGEST_NOTE, LONGEST_TEXT, LONGEST_TITLE
from teams.models import Team

END_OF_WORKDAY = time(17)


def holder_choices(but: Member | None = None) -> list[tuple[str, Any]]:
    """Everybody and every team that can be given work."""
    people = [one for one in list_members() if one.role != Role.VIEWER and one.user.is_active and one != but]
    teams = [(f"team-{team.pk}", team.name) for team in Team.objects.order_by("name")]
    return [(str(_("People")), [(f"member-{one.pk}", one.name) for one in people]), (str(_("Teams")), teams)]


class HolderField(forms.ChoiceField):
    """A person or a team; cleaned as {"member": …} or {"team": …}."""

    def clean(self, value: Any) -> dict[str, Any]:
        kind, _dash, pk = str(super().clean(value)).partition("-")
        if kind == "team":
            return {"team": Team.objects.get(pk=pk)}
        return {"member": list_members().get(pk=pk)}


class TaskForm(forms.Form):
    title = forms.CharField(label=_("What is to be done?"), max_length=LONGEST_TITLE)
    member = HolderField(label=_("Who does it?"))
    text = WrittenField(
        label=_("What they need to know"), max_length=LONGEST_TEXT, required=False, widget=forms.Textarea
    )
    day = forms.DateField(label=_("Due on"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    clock = forms.TimeField(
        label=_("At"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    about = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *given: Any, member: Member, **named: Any) -> None:
        self.zone = member.time_zone
        named["initial"] = {"member": f"member-{member.pk}", "form_key": uuid.uuid4(), **named.get("initial", {})}
        super().__init__(*given, **named)
        choice_field(self, "member").choices = holder_choices()

    @property
    def due_at(self) -> datetime | None:
        """The end of the working day where no clock is named. Raises Invalid for a clock without its day."""
        day, clock = self.cleaned_data["day"], self.cleaned_data["clock"]
        if day is None:
            if clock is not None:
                raise Invalid({"day": [gettext("Choose the day, too.")]})
            return None
        return datetime.combine(day, clock or END_OF_WORKDAY, tzinfo=ZoneInfo(self.zone))


class HandOverForm(forms.Form):
    member = HolderField(label=_("Who takes it on?"))
    note = WrittenField(label=_("What they need to know"), max_length=LONGEST_NOTE, required=False)

    def __init__(self, *given: Any, but: Member | None, **named: Any) -> None:
        super().__init__(*given, **named)
        choice_field(self, "member").choices = holder_choices(but)
