"""Speaking as the audience, and choosing what goes wrong."""

from django import forms
from django.utils.translation import gettext_lazy as _

from networks.sandbox.dialects.api_calls import is_storable
from networks.sandbox.faults import FAULT_KINDS
from networks.sandbox.faults import LONGEST_SECONDS as LONGEST_FAULT
from networks.sandbox.personas import PERSONAS

LONGEST_ENTRY_TEXT = 2_000
SOMEBODY_ELSE = "other"
ALWAYS = "always"


class SpeakForm(forms.Form):
    persona = forms.ChoiceField(
        label=_("Speak as"),
        choices=[
            *[(one.handle, f"{one.name}, {one.manner}") for one in PERSONAS],
            (SOMEBODY_ELSE, _("Somebody else, named below")),
        ],
    )
    name = forms.CharField(label=_("Another name"), required=False, max_length=60)
    text = forms.CharField(
        label=_("What they say"), max_length=LONGEST_ENTRY_TEXT, widget=forms.Textarea(attrs={"rows": 4})
    )
    under = forms.IntegerField(required=False, min_value=1, max_value=(1 << 63) - 1, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if not is_storable(text):
            raise forms.ValidationError(_("Some of these characters cannot be posted."))
        return text


EDIT, HIDE, UNHIDE, REMOVE = "edit", "hide", "unhide", "remove"


class ChangeForm(forms.Form):
    """What becomes of something that the audience said."""

    do = forms.ChoiceField(choices=[(one, one) for one in (EDIT, HIDE, UNHIDE, REMOVE)])
    text = forms.CharField(label=_("What they say now"), required=False, max_length=LONGEST_ENTRY_TEXT)

    def clean(self) -> dict[str, str]:
        given = self.cleaned_data
        text = given.get("text", "")
        if given.get("do") == EDIT and (not text or not is_storable(text)):
            self.add_error("text", _("Write what they say now."))
        return given


class FaultForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What goes wrong"), choices=[(key, kind.label) for key, kind in FAULT_KINDS.items()]
    )
    times = forms.TypedChoiceField(
        label=_("For how long"),
        choices=[(1, _("The next post")), (3, _("The next three posts")), (ALWAYS, _("Until it is switched off"))],
        coerce=lambda given: None if given == ALWAYS else int(given),
    )
    seconds = forms.IntegerField(
        label=_("Seconds"),
        help_text=_("How late it answers or shows, or how long it refuses. Left empty, what is usual."),
        required=False,
        min_value=1,
        max_value=LONGEST_FAULT,
    )
