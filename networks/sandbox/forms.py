"""Speaking as the audience."""

from django import forms
from django.utils.translation import gettext_lazy as _

from networks.sandbox.dialects.speaking import storable
from networks.sandbox.personas import PERSONAS

LONGEST = 2_000
SOMEBODY_ELSE = "other"


class SpeakForm(forms.Form):
    persona = forms.ChoiceField(
        label=_("Speak as"),
        choices=[
            *[(one.handle, f"{one.name}, {one.manner}") for one in PERSONAS],
            (SOMEBODY_ELSE, _("Somebody else, named below")),
        ],
    )
    name = forms.CharField(label=_("Another name"), required=False, max_length=60)
    text = forms.CharField(label=_("What they say"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}))
    under = forms.IntegerField(required=False, min_value=1, max_value=(1 << 63) - 1, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if not storable(text):
            raise forms.ValidationError(_("Some of these characters cannot be posted."))
        return text
