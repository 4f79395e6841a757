"""Profiles: their health, their rule, and how they are connected."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.errors import Invalid
from networks.actions.labels import add_label, remove_label
from networks.actions.policy import set_needs_approval
from networks.actions.profiles import connect_profile
from networks.models import Profile
from organizations.configuration.settings_forms import show_errors
from organizations.gates import MemberRequest, admin_gate, member_gate, redirect_within
from teams.access import access_profile, profiles_for, verbs_on
from teams.forms import CredentialsForm, PracticeForm
from teams.rights.verb_words import verb_names
from teams.views import rights


@member_gate
@require_safe
def list_profiles(request: MemberRequest) -> HttpResponse:
    profiles = list(profiles_for(request.member, to="view").order_by("name", "pk"))
    verbs = verbs_on(request.member, [profile.pk for profile in profiles])
    rows = [{"profile": profile, "can": verb_names(verbs[profile.pk])} for profile in profiles]
    return render(request, "profiles/list.html", {"rows": rows})


@member_gate
@require_safe
def show_profile(request: MemberRequest, pk: int) -> HttpResponse:
    return rights.render_profile_page(request, access_profile(request.member, pk, to="view"))


@admin_gate
@require_POST
def change_policy(request: MemberRequest, pk: int) -> HttpResponse:
    profile = access_profile(request.member, pk, to="manage")
    set_needs_approval(request.member, profile, request.POST.get("needs_approval") == "on")
    messages.success(request, _("The rule for %s is changed.") % profile.name)
    return redirect_within(request, "profiles:profile", profile.pk)


@member_gate
@require_POST
def change_labels(request: MemberRequest, pk: int) -> HttpResponse:
    """`add` gives the profile a label, `remove` takes one away."""
    profile = access_profile(request.member, pk, to="manage")
    try:
        if gone := request.POST.get("remove"):
            remove_label(request.member, profile, gone)
        else:
            add_label(request.member, profile, request.POST.get("add", ""))
    except Invalid as invalid:
        return rights.render_profile_page(request, profile, unlabelled=invalid.user_message)
    return redirect_within(request, "profiles:profile", profile.pk)


@admin_gate
@require_http_methods(["GET", "HEAD", "POST"])
def connect_profile_view(request: MemberRequest) -> HttpResponse:
    """Connects a profile, or (`?profile=`) renews the connection of one that is there. Asks the network who it is."""
    again = access_profile(request.member, request.GET["profile"], to="manage") if "profile" in request.GET else None
    real = CredentialsForm(initial={"network": again.network if again else None}, prefix="real")
    practice = PracticeForm(initial=practice_initial(again), prefix="practice") if settings.SANDBOX else None
    if request.method == "POST":
        form: PracticeForm | CredentialsForm
        if practice and "practice-network" in request.POST:
            form = practice = PracticeForm(request.POST, prefix="practice")
        else:
            form = real = CredentialsForm(request.POST, prefix="real")
        profile = connect_from_form(request, form)
        if profile:
            add_connected_message(request, profile, again)
            return redirect_within(request, "profiles:profile", profile.pk)
    refused = bool(real.errors or (practice and practice.errors))
    context = {"real": real, "practice": practice, "again": again}
    return render(request, "profiles/connect.html", context, status=422 if refused else 200)


def practice_initial(profile: Profile | None) -> dict[str, str]:
    if profile is None or not profile.sandbox:
        return {}
    return {"network": profile.network, "credentials": profile.handle}


def add_connected_message(request: MemberRequest, profile: Profile, again: Profile | None) -> None:
    """Whose credentials they were is the network's to say: they may be those of another profile than was meant."""
    if again is None or again.pk == profile.pk:
        messages.success(request, _("%s is connected.") % profile.name)
        return
    names = {"name": f"{profile.name} {profile.mark}", "meant": f"{again.name} {again.mark}"}
    message = _("These credentials are those of %(name)s, which is connected now. %(meant)s is as it was.")
    messages.warning(request, message % names)


def connect_from_form(request: MemberRequest, form: PracticeForm | CredentialsForm) -> Profile | None:
    if not form.is_valid():
        return None
    try:
        return connect_profile(request.member, form.cleaned_data["network"], form.given())
    except Invalid as invalid:
        show_errors(form, invalid)
        return None
