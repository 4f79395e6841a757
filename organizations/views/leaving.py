"""Off-boarding: what will be handed over to whom, and one button that does it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from foundation.errors import Conflict, Invalid
from foundation.texts.number_format import format_numbers
from organizations.access import access_member, require_rank
from organizations.actions.leaving import fallback_successor, offboard_member, plan_handover
from organizations.configuration.settings_forms import show_errors
from organizations.gates import MemberRequest, admin_gate, redirect_within
from organizations.models import Member
from organizations.people.member_handover import Handover
from organizations.people.people_forms import LeavingForm
from organizations.queries.leaving import holdings_of, is_last_owner


@admin_gate
@require_http_methods(["GET", "HEAD", "POST"])
def show_offboarding(request: MemberRequest, pk: int) -> HttpResponse:
    member = access_member(request.member, pk)
    require_rank(request.member, member.role)
    if is_last_owner(member):
        return render(request, "organizations/leave.html", {"person": member, "last_owner": True}, status=200)
    handover = default_handover(request, member)
    kinds = {one.kind: one.label for one in holdings_of(handover) if one.passes}
    done = request.method == "POST"
    form = LeavingForm(leaving_form_data(request, handover), member=member, kinds=kinds, confirmed=done)
    if form.is_valid():
        try:
            return preview_or_offboard(request, member, form, kinds)
        except Invalid as invalid:
            show_errors(form, errors_by_picker(form, invalid))
        except Conflict as conflict:
            form.add_error(None, conflict.user_message)
    return render_offboarding(request, form, handover, status=422)


def errors_by_picker(form: LeavingForm, invalid: Invalid) -> Invalid:
    """What is wrong with a kind of thing stands beside whoever takes it."""
    return Invalid(
        {f"to_{name}" if f"to_{name}" in form.fields else name: texts for name, texts in invalid.fields.items()}
    )


def preview_or_offboard(
    request: MemberRequest, member: Member, form: LeavingForm, kinds: dict[str, str]
) -> HttpResponse:
    named = form.cleaned_data["successor"]
    chosen, keep = form.chosen(kinds), form.cleaned_data["scheduled"] != "draft"
    if request.method != "POST":
        return render_offboarding(
            request, form, plan_handover(request.member, member, named, chosen, keep_scheduled=keep)
        )
    offboard_member(request.member, member, successor=named, successors=chosen, keep_scheduled=keep)
    messages.success(request, _("%s has left. Nothing is without an owner.") % member.name)
    if member.pk == request.member.pk:
        return redirect("start")
    return redirect_within(request, "organizations:people")


def default_handover(request: MemberRequest, member: Member) -> Handover:
    """To whoever is at the screen, until somebody else is named."""
    taker = fallback_successor(request.member, member)
    return Handover(member, taker, taker)


def leaving_form_data(request: MemberRequest, handover: Handover) -> QueryDict:
    given = request.POST if request.method == "POST" else request.GET
    if "successor" in given or request.method == "POST":
        return given
    start = QueryDict(mutable=True)
    start.update({"successor": str(handover.successor.pk), "scheduled": "keep"})
    return start


def render_offboarding(
    request: MemberRequest, form: LeavingForm, handover: Handover, status: int = 200
) -> HttpResponse:
    holdings = holdings_of(handover)
    pickers = {one.kind: form[f"to_{one.kind}"] for one in holdings if one.passes and f"to_{one.kind}" in form.fields}
    for kind in (one.kind for one in holdings if one.needs_name and one.kind in pickers):
        pickers[kind].field.required = True  # so it says
    passing = sum(one.count for one in holdings if one.passes)
    context: dict[str, Any] = {
        "form": form,
        "person": handover.member,
        "holdings": holdings,
        "decider": pickers.pop("approvals", None),
        "pickers": pickers.values(),
        "scheduled": any(one.kind == "scheduled" for one in holdings),
        "label": offboard_label(handover, passing),
    }
    htmx = getattr(request, "htmx", False) and request.method == "GET"
    template = "organizations/_leave.html" if htmx else "organizations/leave.html"
    return render(request, template, context, status=status)


def offboard_label(handover: Handover, passing: int) -> str:
    """The button says what it does."""
    if not passing:
        return _("Off-board %s") % handover.member.name
    whom = {one.pk for one in handover.people}
    target = handover.successor.name if len(whom) == 1 else _("their successors")
    text = ngettext(
        "Off-board %(name)s and hand %(count)s thing to %(target)s",
        "Off-board %(name)s and hand %(count)s things to %(target)s",
        passing,
    )
    return text % format_numbers({"name": handover.member.name, "count": passing, "target": target})
