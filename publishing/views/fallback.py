"""What happens when a network does not answer for long."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.errors import Invalid
from foundation.overtaking import Overtaken
from networks.models import FallbackPlan
from networks.models.fallback import NO_PLAN
from networks.registry import adapter_class
from organizations.auditing.overtaken_changes import Overtaking, overtaken_form, seen_in, since
from organizations.configuration.settings_forms import show_errors
from organizations.gates import MemberRequest, admin_gate
from publishing.actions.fallback import remove_plan, set_plan
from publishing.planning.fallback_forms import FallbackForm, networks_in_use, values_of


@admin_gate
@require_safe
def show(request: MemberRequest) -> HttpResponse:
    return page(request)


@admin_gate
@require_POST
def change(request: MemberRequest) -> HttpResponse:
    network = named(request)
    form = FallbackForm(request.POST, network=network, prefix=network)
    if form.is_valid():
        try:
            set_plan(request.member, network, **form.answers())
        except Invalid as invalid:
            show_errors(form, invalid)
        except Overtaken:
            return both(request, form, network)
        else:
            return back(request, _("The plan for %s stands.") % adapter_class(network).label)
    return page(request, refused=form)


@admin_gate
@require_POST
def remove(request: MemberRequest) -> HttpResponse:
    network = named(request)
    try:
        remove_plan(request.member, network, seen=seen_in(request))
    except Overtaken:
        plan = FallbackPlan.objects.get(network=network)
        return page(request, status=409, overtaking=Overtaking(since(seen_in(request), plan)))
    return back(request, _("There is no plan for %s: posts wait until it answers.") % adapter_class(network).label)


def named(request: MemberRequest) -> str:
    """Raises UnknownNetwork, which is a 404."""
    return adapter_class(request.POST.get("network", "")).network


def both(request: MemberRequest, form: FallbackForm, network: str) -> HttpResponse:
    """Somebody else has planned otherwise meanwhile: both sides, and the form with the two merged."""
    plan = FallbackPlan.objects.filter(network=network).first()
    entries = since(form["seen"].value(), plan) if plan else []
    theirs = reverse("publishing:fallback", args=[request.member.organization.slug])
    begun, overtaking = overtaken_form(
        form, values_of(plan), plan.mark if plan else NO_PLAN, entries, action=request.path, theirs=theirs
    )
    merged = FallbackForm(network=network, prefix=network, initial=begun)
    return page(request, merged, status=409, overtaking=overtaking, goes_on=f"plan-{network}")


def page(
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


def back(request: MemberRequest, told: str) -> HttpResponse:
    messages.success(request, told)
    return redirect("publishing:fallback", slug=request.member.organization.slug)
