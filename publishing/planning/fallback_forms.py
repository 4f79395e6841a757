"""What admins fill in for a network that does not answer."""

from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.form_fields import row_field
from networks.models import FallbackPlan, Profile
from networks.models.fallback import NO_PLAN
from networks.registry import adapter_classes
from organizations.auditing.overtaken_changes import SeenForm, initial_with_mark
from organizations.models import Member
from publishing.actions.fallback_plans import TEXT_PLACEHOLDER
from publishing.forms import PlainText


def networks_in_use() -> list[str]:
    used = set(Profile.objects.order_by().values_list("network", flat=True).distinct())
    return [adapter.network for adapter in adapter_classes() if adapter.network in used]


class FallbackForm(SeenForm):
    after_minutes = forms.IntegerField(label=_("After how many minutes"), min_value=1, max_value=1440, initial=30)
    profile = forms.ModelChoiceField(
        Profile.objects.none(),
        label=_("Profile that stands in"),
        help_text=_("On another network. A practice profile stands in for practice only."),
    )
    text = PlainText(
        label=_("What leaves there"),
        initial=TEXT_PLACEHOLDER,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("{text} stands for the post's own words. They are cut where they are too long for that network."),
    )
    told = forms.ModelMultipleChoiceField(
        Member.objects.none(),
        label=_("Who is told"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The post's writer is told in any case."),
    )

    def __init__(self, *args: Any, network: str, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["text"].required = True
        row_field(self, "profile").queryset = Profile.objects.exclude(network=network).order_by("name", "pk")
        row_field(self, "told").queryset = Member.objects.select_related("user").order_by("user__name", "pk")

    @classmethod
    def of(cls, network: str, plan: FallbackPlan | None) -> Self:
        """With what stands now."""
        return cls(
            network=network,
            prefix=network,
            initial=initial_with_mark(fallback_plan_values(plan), plan.mark if plan else NO_PLAN),
        )


def fallback_plan_values(plan: FallbackPlan | None) -> dict[str, Any]:
    if plan is None:
        fields = FallbackForm.base_fields
        return {name: fields[name].initial for name in ("after_minutes", "text")} | {"profile": None, "told": []}
    notified = [one.pk for one in plan.told.all()]
    return {"after_minutes": plan.after_minutes, "profile": plan.profile_id, "text": plan.text, "told": notified}
