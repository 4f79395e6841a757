"""How a member wants to be told: one row of boxes for each kind."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from organizations.models import Member, NotificationSettings
from organizations.models.notification import DIGEST_AT
from organizations.notifications.notice_kinds import CHANNELS, NOTICE_KINDS
from organizations.notifications.notices import wanted_channels

CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class NotificationForm(forms.Form):
    data: QueryDict

    quiet_from = forms.TimeField(label=_("From"), required=False, widget=CLOCK)
    quiet_until = forms.TimeField(label=_("Until"), required=False, widget=CLOCK)
    digest_at = forms.TimeField(label=_("Send the digest at"), widget=CLOCK)

    def __init__(self, data: QueryDict | None = None, *, member: Member) -> None:
        self.saved_settings = NotificationSettings.objects.filter(member=member).first()
        initial = {
            "quiet_from": self.saved_settings.quiet_from if self.saved_settings else None,
            "quiet_until": self.saved_settings.quiet_until if self.saved_settings else None,
            "digest_at": self.saved_settings.digest_at if self.saved_settings else DIGEST_AT,
        }
        super().__init__(data, initial=initial)

    def rows(self) -> list[dict[str, Any]]:
        """The kinds with their boxes, as they stand or as they were just ticked."""
        return [
            {
                "kind": kind,
                "cells": [{"channel": channel, "on": channel in self.ticked(name)} for channel in CHANNELS],
            }
            for name, kind in NOTICE_KINDS.items()
        ]

    def ticked(self, kind: str) -> frozenset[str]:
        if self.is_bound:
            return frozenset(self.data.getlist(f"kind-{kind}"))
        return wanted_channels(kind, self.saved_settings)

    def action_arguments(self) -> dict[str, Any]:
        """The answers as the action takes them."""
        return {**self.cleaned_data, "channels": {name: self.ticked(name) for name in NOTICE_KINDS}}
