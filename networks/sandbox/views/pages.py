"""The pages of the practice networks: watch a timeline, and play the audience."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_GET, require_POST

from foundation.errors import Invalid
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
from networks.sandbox.dialects.dialect import practised
from networks.sandbox.forms import ChangeForm, FaultForm, SpeakForm
from networks.sandbox.models import Account, Entry
from networks.sandbox.personas import PERSONAS, persona_account
from networks.sandbox.views.gates import practice_only
from organizations.access import memberships_of
from organizations.gates import MemberRequest, member_gate
from organizations.sign_in.admission import hindrance


@practice_only
@require_GET
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Every practice profile of the organizations that this session may enter."""
    own = memberships_of(request.user)  # type: ignore[arg-type]  # login_required stands before
    organizations = [member.organization for member in own if hindrance(member, request.session) is None]
    found = [(one, queries.practice_profiles(one)) for one in organizations]
    return render(request, "sandbox/index.html", {"groups": found})


@practice_only
@require_GET
@member_gate
def watch(request: MemberRequest, network: str, handle: str) -> HttpResponse:
    account = queries.account_named(network, handle)
    form = SpeakForm(initial={"persona": PERSONAS[0].handle})
    return render(
        request, "sandbox/watch.html", {**page(request, account), **speaking(account, form, None), **failing(account)}
    )


@practice_only
@require_GET
@member_gate
def timeline(request: MemberRequest, network: str, handle: str) -> HttpResponse:
    """The timeline alone; 204 when it would look as it does already."""
    account = queries.account_named(network, handle)
    if request.GET.get("seen") == queries.version(account, at=now()):
        return HttpResponse(status=204)
    return render(request, "sandbox/_timeline.html", page(request, account))


@practice_only
@member_gate
def speak(request: MemberRequest, network: str, handle: str) -> HttpResponse:
    """The box to speak from; POST says something as the audience."""
    account = queries.account_named(network, handle)
    form = SpeakForm(request.POST or None, initial={"persona": PERSONAS[0].handle})
    under = answered(network, request)
    if request.method != "POST":
        return render(request, "sandbox/_speak.html", speaking(account, form, under))
    if form.is_valid() and said(account, form, under):
        fresh = SpeakForm(initial={"persona": form.cleaned_data["persona"], "name": form.cleaned_data["name"]})
        response = render(request, "sandbox/_speak.html", {**speaking(account, fresh, None), "was_said": True})
        response.headers["HX-Trigger"] = "ops:sandbox"
        return response
    return render(request, "sandbox/_speak.html", speaking(account, form, under), status=422)


@practice_only
@require_POST
@member_gate
def like(request: MemberRequest, network: str, handle: str, pk: int) -> HttpResponse:
    like_entry(queries.entry_of(network, pk))
    return render(request, "sandbox/_timeline.html", page(request, queries.account_named(network, handle)))


@practice_only
@require_POST
@member_gate
def change(request: MemberRequest, network: str, handle: str, pk: int) -> HttpResponse:
    """Edits or removes what the audience said, as its writer; hides it or shows it again, as a page's people do."""
    account, entry = queries.account_named(network, handle), queries.said_by_audience(network, pk)
    form = ChangeForm(request.POST)
    if form.is_valid():
        match form.cleaned_data["do"]:
            case forms.EDIT:
                edit_entry(entry, form.cleaned_data["text"])
            case forms.REMOVE:
                delete_entry(entry)
            case hiding if entry.wall_id and entry.parent_id:
                hide_entry(entry, hidden=hiding == forms.HIDE)
    return render(request, "sandbox/_timeline.html", page(request, account), status=200 if form.is_valid() else 422)


@practice_only
@member_gate
def fault(request: MemberRequest, network: str, handle: str) -> HttpResponse:
    """What goes wrong for the account; POST switches something on, or with `off` one thing or everything off."""
    account = queries.account_named(network, handle)
    if request.method != "POST" or "off" in request.POST:
        if request.method == "POST":
            lift_fault(account, request.POST["off"])
        return render(request, "sandbox/_faults_on.html", failing(account))
    form = FaultForm(request.POST)
    if not form.is_valid():
        return render(request, "sandbox/_faults.html", failing(account, form), status=422)
    set_fault(account, **form.cleaned_data)
    return render(request, "sandbox/_faults.html", failing(account))


def answered(network: str, request: MemberRequest) -> Entry | None:
    given = (request.POST or request.GET).get("under", "")
    return queries.entry_of(network, int(given)) if given.isdecimal() and len(given) < 19 else None


def said(account: Account, form: SpeakForm, under: Entry | None) -> bool:
    """Posts it; what is no answer names the account where it would not hear of it otherwise."""
    data = form.cleaned_data
    try:
        author = persona_account(account.network, handle=data["persona"], name=data["name"])
    except Invalid as error:
        form.add_error("name", error.fields["name"][0])
        return False
    text, mark = data["text"], f"@{account.handle}"
    has_walls = practised(account.network).has_walls
    if not has_walls and under is None and mark.lower() not in text.lower():
        text = f"{mark} {text}"
    write_entry(author, text, under=under, wall=account if has_walls else None)
    return True


def page(request: MemberRequest, account: Account) -> dict[str, Any]:
    at = now()
    return {
        "organization": request.member.organization,
        "account": account,
        "network_label": adapter_class(account.network).label,
        "shown": queries.timeline(account, at=at, post=request.GET.get("post", "")),
        "version": queries.version(account, at=at),
    }


def failing(account: Account, form: FaultForm | None = None) -> dict[str, Any]:
    shown = form or FaultForm()
    faults = queries.switched_on(account)
    return {"organization": account.organization, "account": account, "faults": faults, "fault_form": shown}


def speaking(account: Account, form: SpeakForm, under: Entry | None) -> dict[str, Any]:
    if under:
        form.fields["text"].widget.attrs["autofocus"] = True
    return {"organization": account.organization, "account": account, "form": form, "under": under}
