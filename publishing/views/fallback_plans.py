"""What happens when a network does not answer for long."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import Invalid
from foundation.overtaking import Overtaken
from networks.models import FallbackPlan
from networks.models.fallback import NO_PLAN
from networks.registry import adapter_class
from organizations.auditing.overtaken_changes import Overtaking, entries_since, merge_overtaken_form, posted_mark
from organizations.configuration.settings_forms import show_errors
from organizations.gates import MemberRequest, admin_gate, redirect_within
from publishing.actions.fallback_plans import remove_fallback_plan, set_fallback_plan
from publishing.planning.fallback_forms import FallbackForm, fallback_plan_values, networks_in_use


@admin_gate
@require_safe
def show_fallback_plans(request: MemberRequest) -> HttpResponse:
    return render_fallback_plans(request)


@admin_gate
@require_POST
def change_fallback_plan(request: MemberRequest) -> HttpResponse:
    network = requested_network(request)
    form = FallbackForm(request.POST, network=network, prefix=network)
    if form.is_valid():
        try:
            set_fallback_plan(request.member, network, **form.answers())
        except Invalid as invalid:
            show_errors(form, invalid)
        except Overtaken:
            return render_both_plans(request, form, network)
        else:
            return redirect_to_fallback_plans(request, _("The plan for %s stands.") % adapter_class(network).label)
    return render_fallback_plans(request, refused=form)


@admin_gate
@require_POST
def delete_fallback_plan(request: MemberRequest) -> HttpResponse:
    network = requested_network(request)
    try:
        remove_fallback_plan(request.member, network, seen=posted_mark(request))
    except Overtaken:
        plan = FallbackPlan.objects.get(network=network)
        return render_fallback_plans(
            request, status=409, overtaking=Overtaking(entries_since(posted_mark(request), plan))
        )
    return redirect_to_fallback_plans(
        request, _("There is no plan for %s: posts wait until it answers.") % adapter_class(network).label
    )


def requested_network(request: MemberRequest) -> str:
    """Raises UnknownNetwork, which is a 404."""
    return adapter_class(request.POST.get("network", "")).network


def render_both_plans(request: MemberRequest, form: FallbackForm, network: str) -> HttpResponse:
    """Somebody else has planned otherwise meanwhile: both sides, and the form with the two merged."""
    plan = FallbackPlan.objects.filter(network=network).first()
    entries = entries_since(form["seen"].value(), plan) if plan else []
    theirs = reverse("publishing:fallback", args=[request.member.organization.slug])
    begun, overtaking = merge_overtaken_form(
        form, fallback_plan_values(plan), plan.mark if plan else NO_PLAN, entries, action=request.path, theirs=theirs
    )
    merged = FallbackForm(network=network, prefix=network, initial=begun)
    return render_fallback_plans(request, merged, status=409, overtaking=overtaking, goes_on=f"plan-{network}")


def render_fallback_plans(
    request: MemberRequest, refused: FallbackForm | None = None, *, status: int = 422, **given: Any
) -> HttpResponse:
    """A form for each network in use; one that was refused comes back as it was typed, with 422."""
    plans = {plan.network: plan for plan in FallbackPlan.objects.prefetch_related("told")}
    forms: list[dict[str, Any]] = []
    for network in networks_in_use():
        plan = plans.get(network)
        form = refused if refused and refused.prefix == network else FallbackForm.of(network, plan)
        forms.append({"network": network, "label": adapter_class(network).label, "form": form, "plan": plan})
    return render(
        request, "publishing/fallback.html", {"plans": forms, **given}, status=status if refused or given else 200
    )


def redirect_to_fallback_plans(request: MemberRequest, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect_within(request, "publishing:fallback")
