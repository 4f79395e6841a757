"""The people of the organization: who they are, their role, and when they are away."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.database.lookups import get_or_not_found
from foundation.errors import Conflict, Invalid, NotFound
from foundation.texts.ids import parse_id
from organizations.access import access_member
from organizations.actions.absences import end_absence, plan_absence
from organizations.actions.people import change_role
from organizations.actions.security import readmit_member
from organizations.auditing.overtaken_changes import posted_mark
from organizations.configuration.settings_forms import show_errors
from organizations.gates import MemberRequest, admin_gate, member_gate, redirect_within
from organizations.models import Absence, Member
from organizations.people.people_forms import AbsenceForm, RoleForm, takeover_candidates
from organizations.queries.absences import absences_of
from organizations.queries.invitations import open_invitations
from organizations.queries.leaving import gaps_between
from organizations.queries.people import people_page


@member_gate
@require_safe
def list_people(request: MemberRequest) -> HttpResponse:
    left = request.GET.get("show") == "left" and request.member.is_admin
    q = request.GET.get("q", "").replace("\0", "").strip()[:100]
    page = people_page(q=q, left=left, after=parse_id(request.GET.get("before")))
    context = {"page": page, "q": q, "left": left, "tabs": people_tabs(request, "left" if left else "members")}
    return render(request, "organizations/people.html", context)


def people_tabs(request: MemberRequest, active: str) -> list[dict[str, Any]]:
    """Invitations and those who left are for admins."""
    slug = request.member.organization.slug
    people, invitations = (reverse(f"organizations:{name}", args=[slug]) for name in ("people", "invitations"))
    found = [{"label": _("Members"), "url": people, "active": active == "members"}]
    if request.member.is_admin:
        count = open_invitations().count()
        found.append(
            {"label": _("Invited"), "url": invitations, "active": active == "invitations", "count": count or None}
        )
        found.append({"label": _("Have left"), "url": f"{people}?show=left", "active": active == "left"})
    return found


@member_gate
@require_safe
def show_person(request: MemberRequest, pk: int) -> HttpResponse:
    return render_person(request, access_member(request.member, pk))


@admin_gate
@require_POST
def change_member_role(request: MemberRequest, pk: int) -> HttpResponse:
    member = access_member(request.member, pk)
    form = RoleForm(request.POST, rank=request.member.rank)
    if not form.is_valid():
        return render_person(request, member, role_form=form)
    try:
        changed = change_role(request.member, member, role=form.cleaned_data["role"], seen=posted_mark(request))
    except (Invalid, Conflict) as error:
        form.add_error("role", error.user_message)
        return render_person(request, access_member(request.member, pk), role_form=form)
    word = {"name": changed.name, "role": changed.get_role_display()}
    messages.success(request, _("%(name)s has the role “%(role)s” now.") % word)
    return redirect_within(request, "organizations:person", member.pk)


@admin_gate
@require_POST
def let_member_in(request: MemberRequest, pk: int) -> HttpResponse:
    member = access_member(request.member, pk)
    readmit_member(request.member, member)
    messages.success(request, _("%s sets up a second step and comes in again.") % member.name)
    return redirect_within(request, "organizations:person", member.pk)


@member_gate
@require_POST
def add_absence(request: MemberRequest, pk: int) -> HttpResponse:
    member = access_member(request.member, pk)
    form = AbsenceForm(request.POST, member=member)
    if not form.is_valid():
        return render_person(request, member, absence_form=form)
    try:
        absence = plan_absence(request.member, member, **form.cleaned_data)
    except Invalid as invalid:
        show_errors(form, invalid)
        return render_person(request, member, absence_form=form)
    messages.success(request, _("%s stands in.") % absence.deputy.name)
    return redirect_within(request, "organizations:person", member.pk)


@member_gate
@require_POST
def finish_absence(request: MemberRequest, pk: int) -> HttpResponse:
    absence = get_or_not_found(Absence.objects.select_related("member__user", "deputy__user"), pk)
    end_absence(request.member, absence)
    messages.success(request, _("The absence has ended."))
    return redirect_within(request, "organizations:person", absence.member.pk)


@member_gate
@require_safe
def show_deputy_gaps(request: MemberRequest, pk: int) -> HttpResponse:
    """What the deputy, as chosen in the form, could not do. For those who may plan the absence."""
    member = access_member(request.member, pk)
    deputy = takeover_candidates(member).filter(pk=parse_id(request.GET.get("deputy"))).first()
    if not may_plan_absence(request, member):
        raise NotFound
    gaps = gaps_between(member, deputy) if deputy else []
    return render(request, "organizations/_gaps.html", {"person": member, "deputy": deputy, "gaps": gaps})


def may_plan_absence(request: MemberRequest, member: Member) -> bool:
    return request.member.is_admin or request.member.pk == member.pk


def render_person(request: MemberRequest, member: Member, **given: Any) -> HttpResponse:
    """The member's page; a form that was refused comes back as it was typed, with 422."""
    rank = request.member.rank
    rules = request.member.is_admin and member.rank <= rank
    context = {
        "person": member,
        "is_me": member.pk == request.member.pk,
        "may_plan": may_plan_absence(request, member),
        "rules": rules,
        "absences": list(absences_of(member)),
        "role_form": RoleForm(initial={"role": member.role}, rank=rank),
        "absence_form": AbsenceForm(member=member),
        **given,
    }
    refused = any(isinstance(form, forms.Form) and form.errors for form in given.values())
    return render(request, "organizations/person.html", context, status=422 if refused else 200)
