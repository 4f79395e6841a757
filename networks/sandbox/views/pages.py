"""The pages of the practice networks: watch a timeline, and play the audience."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_GET, require_POST

from foundation.errors import Invalid
from foundation.texts.ids import parse_id
from networks.registry import adapter_class
from networks.sandbox import forms, queries
from networks.sandbox.actions import (
    delete_entry,
    edit_entry,
    hide_entry,
    lift_fault,
    like_entry,
    set_fault,
    write_entry,
)
from networks.sandbox.dialects.dialect import require_dialect
from networks.sandbox.forms import ChangeForm, FaultForm, SpeakForm
from networks.sandbox.models import Account, Entry
from networks.sandbox.personas import PERSONAS, persona_account
from networks.sandbox.views.gates import practice_only
from organizations.access import memberships_of
from organizations.gates import MemberRequest, member_gate
from organizations.sign_in.admission import hindrance
from organizations.sign_in.presence import signed_in_user


@practice_only
@require_GET
@login_required
def list_practice_pages(request: HttpRequest) -> HttpResponse:
    """Every practice profile of the organizations that this session may enter."""
    own = memberships_of(signed_in_user(request))
    organizations = [member.organization for member in own if hindrance(member, request.session) is None]
    found = [(one, queries.practice_profiles(one)) for one in organizations]
    return render(request, "sandbox/index.html", {"groups": found})


@practice_only
@require_GET
@member_gate
def show_practice_page(request: MemberRequest, network: str, handle: str) -> HttpResponse:
    account = queries.require_account(network, handle)
    form = SpeakForm(initial={"persona": PERSONAS[0].handle})
    return render(
        request,
        "sandbox/watch.html",
        {**timeline_context(request, account), **speak_context(account, form, None), **faults_context(account)},
    )


@practice_only
@require_GET
@member_gate
def show_timeline(request: MemberRequest, network: str, handle: str) -> HttpResponse:
    """The timeline alone; 204 when it would look as it does already."""
    account = queries.require_account(network, handle)
    if request.GET.get("seen") == queries.timeline_version(account, at=now()):
        return HttpResponse(status=204)
    return render(request, "sandbox/_timeline.html", timeline_context(request, account))


@practice_only
@member_gate
def speak_as_audience(request: MemberRequest, network: str, handle: str) -> HttpResponse:
    """The box to speak from; POST says something as the audience."""
    account = queries.require_account(network, handle)
    form = SpeakForm(request.POST or None, initial={"persona": PERSONAS[0].handle})
    under = requested_parent(network, request)
    if request.method != "POST":
        return render(request, "sandbox/_speak.html", speak_context(account, form, under))
    if form.is_valid() and write_as_audience(account, form, under):
        next_form = SpeakForm(initial={"persona": form.cleaned_data["persona"], "name": form.cleaned_data["name"]})
        response = render(request, "sandbox/_speak.html", {**speak_context(account, next_form, None), "was_said": True})
        response.headers["HX-Trigger"] = "ops:sandbox"
        return response
    return render(request, "sandbox/_speak.html", speak_context(account, form, under), status=422)


@practice_only
@require_POST
@member_gate
def like_as_audience(request: MemberRequest, network: str, handle: str, pk: int) -> HttpResponse:
    like_entry(queries.require_entry(network, pk))
    return render(
        request, "sandbox/_timeline.html", timeline_context(request, queries.require_account(network, handle))
    )


@practice_only
@require_POST
@member_gate
def change_as_audience(request: MemberRequest, network: str, handle: str, pk: int) -> HttpResponse:
    """Edits or removes what the audience said, as its writer; hides it or shows it again, as a page's people do."""
    account, entry = queries.require_account(network, handle), queries.require_audience_entry(network, pk)
    form = ChangeForm(request.POST)
    if form.is_valid():
        match form.cleaned_data["do"]:
            case forms.EDIT:
                edit_entry(entry, form.cleaned_data["text"])
            case forms.REMOVE:
                delete_entry(entry)
            case hiding if entry.wall_id and entry.parent_id:
                hide_entry(entry, hidden=hiding == forms.HIDE)
    return render(
        request, "sandbox/_timeline.html", timeline_context(request, account), status=200 if form.is_valid() else 422
    )


@practice_only
@member_gate
def switch_fault(request: MemberRequest, network: str, handle: str) -> HttpResponse:
    """What goes wrong for the account; POST switches something on, or with `off` one thing or everything off."""
    account = queries.require_account(network, handle)
    if request.method != "POST" or "off" in request.POST:
        if request.method == "POST":
            lift_fault(account, request.POST["off"])
        return render(request, "sandbox/_faults_on.html", faults_context(account))
    form = FaultForm(request.POST)
    if not form.is_valid():
        return render(request, "sandbox/_faults.html", faults_context(account, form), status=422)
    set_fault(account, **form.cleaned_data)
    return render(request, "sandbox/_faults.html", faults_context(account))


def requested_parent(network: str, request: MemberRequest) -> Entry | None:
    pk = parse_id((request.POST or request.GET).get("under"))
    return queries.require_entry(network, pk) if pk is not None else None


def write_as_audience(account: Account, form: SpeakForm, under: Entry | None) -> bool:
    """Posts it; what is no answer names the account where it would not hear of it otherwise."""
    data = form.cleaned_data
    try:
        author = persona_account(account.network, handle=data["persona"], name=data["name"])
    except Invalid as error:
        form.add_error("name", error.fields["name"][0])
        return False
    text, mark = data["text"], f"@{account.handle}"
    has_walls = require_dialect(account.network).has_walls
    if not has_walls and under is None and mark.lower() not in text.lower():
        text = f"{mark} {text}"
    write_entry(author, text, under=under, wall=account if has_walls else None)
    return True


def timeline_context(request: MemberRequest, account: Account) -> dict[str, Any]:
    at = now()
    return {
        "organization": request.member.organization,
        "account": account,
        "network_label": adapter_class(account.network).label,
        "shown": queries.build_timeline(account, at=at, post=request.GET.get("post", "")),
        "version": queries.timeline_version(account, at=at),
    }


def faults_context(account: Account, form: FaultForm | None = None) -> dict[str, Any]:
    shown = form or FaultForm()
    faults = queries.list_active_faults(account)
    return {"organization": account.organization, "account": account, "faults": faults, "fault_form": shown}


def speak_context(account: Account, form: SpeakForm, under: Entry | None) -> dict[str, Any]:
    if under:
        form.fields["text"].widget.attrs["autofocus"] = True
    return {"organization": account.organization, "account": account, "form": form, "under": under}
