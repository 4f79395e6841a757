"""What people fill in to pause what leaves, and to release it."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.texts.written_text import WrittenField
from networks.actions.backlog import BacklogDecision
from organizations.models import Member
from teams.access import profiles_for
from teams.actions.pauses import LONGEST_NOTE
from teams.models import Team

MOST_LISTED_PROFILES = 200  # profiles in the list; each can be paused on its own page, too
TARGET_PATTERN = re.compile(r"organization|(team|profile):(\d{1,18})", re.ASCII)


class PauseForm(forms.Form):
    of = forms.CharField(label=_("What to pause"), max_length=40, widget=forms.Select)
    keeps_replies = forms.BooleanField(
        label=_("Replies still leave"),
        required=False,
        help_text=_("Answers to people go out as usual; only posts wait."),
    )
    note = WrittenField(
        label=_("Reason"),
        max_length=LONGEST_NOTE,
        required=False,
        help_text=_("Everybody whom it touches reads it."),
    )

    def __init__(self, *given: Any, member: Member, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["of"].widget.choices = target_choices(member)

    def clean_of(self) -> tuple[str, int | None]:
        """(scope, id). Whether the member may pause that is the door's question."""
        match = TARGET_PATTERN.fullmatch(self.cleaned_data["of"])
        if match is None:
            raise forms.ValidationError(_("Choose what to pause."))
        return match[1] or "organization", int(match[2]) if match[2] else None

    @property
    def possible(self) -> bool:
        return bool(self.fields["of"].widget.choices)


class ReleaseForm(forms.Form):
    kept = forms.ChoiceField(
        label=_("What to do with the posts whose time has passed"),
        choices=BacklogDecision.choices,
        initial=BacklogDecision.RECENT,
        widget=forms.RadioSelect,
    )


def target_choices(member: Member) -> list[tuple[str, Any]]:
    """All that the member may pause, in two queries."""
    everything = [("organization", _("Everything of %s") % member.organization.name)] if member.is_admin else []
    led = Team.objects.all() if member.is_admin else Team.objects.filter(memberships__in=led_memberships(member))
    teams = [(f"team:{team.pk}", team.name) for team in led.order_by("name")]
    managed = profiles_for(member, to="manage").order_by("name", "pk")[:MOST_LISTED_PROFILES]
    profiles = [(f"profile:{one.pk}", f"{one.name} {one.mark} ({one.network})") for one in managed]
    groups = [(str(_("Teams")), teams), (str(_("Profiles")), profiles)]
    return [*everything, *((label, rows) for label, rows in groups if rows)]


def led_memberships(member: Member) -> Any:
    return member.team_memberships.filter(leads=True)
