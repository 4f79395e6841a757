"""How a member wants to be told: one row of boxes for each kind."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organizations.models import Member, NotificationSettings
from organizations.models.notification import DIGEST_AT
from organizations.notifications.notice_kinds import CHANNELS, KINDS
from organizations.notifications.notices import channels

CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class NotificationForm(forms.Form):
    quiet_from = forms.TimeField(label=_("From"), required=False, widget=CLOCK)
    quiet_until = forms.TimeField(label=_("Until"), required=False, widget=CLOCK)
    digest_at = forms.TimeField(label=_("Send the digest at"), widget=CLOCK)

    def __init__(self, *given: Any, member: Member, **named: Any) -> None:
        self.wishes = NotificationSettings.objects.filter(member=member).first()
        initial = {
            "quiet_from": self.wishes.quiet_from if self.wishes else None,
            "quiet_until": self.wishes.quiet_until if self.wishes else None,
            "digest_at": self.wishes.digest_at if self.wishes else DIGEST_AT,
        }
        super().__init__(*given, initial=initial, **named)

    def rows(self) -> list[dict[str, Any]]:
        """The kinds with their boxes, as they stand or as they were just ticked."""
        return [
            {
                "kind": kind,
                "cells": [{"channel": channel, "on": channel in self.ticked(name)} for channel in CHANNELS],
            }
            for name, kind in KINDS.items()
        ]

    def ticked(self, kind: str) -> frozenset[str]:
        if self.is_bound:
            return frozenset(self.data.getlist(f"kind-{kind}"))  # type: ignore[union-attr]  # a QueryDict
        return channels(kind, self.wishes)

    def wanted(self) -> dict[str, Any]:
        """The answers as the action takes them."""
        return {**self.cleaned_data, "channels": {name: self.ticked(name) for name in KINDS}}
