"""One's own name, clock and picture."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.errors import Invalid
from foundation.files.room import no_room
from organizations.access import access_member
from organizations.actions.own import change_own, remove_picture, set_picture
from organizations.configuration.settings_forms import OwnForm, PictureForm, show_errors
from organizations.gates import MemberRequest, member_gate
from organizations.middleware import KEPT
from organizations.people.portraits import MOST_BYTES
from organizations.views.logo import shown_picture


@member_gate
@require_http_methods(["GET", "HEAD", "POST"])
def you(request: MemberRequest) -> HttpResponse:
    form = own_form(request, request.POST or None)
    if form.is_valid():
        try:
            change_own(request.member, **form.cleaned_data)
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            messages.success(request, _("Saved. Your colleagues read your name like this from now on."))
            return back(request)
    return page(request, form=form)


def own_form(request: MemberRequest, data: Any = None) -> OwnForm:
    user = request.member.user
    standing = {"name": user.name, "time_zone": user.time_zone}
    return OwnForm(data, initial=standing, zone=request.member.organization.time_zone)


def page(request: MemberRequest, **given: Any) -> HttpResponse:
    context = {"form": own_form(request), "picture_form": PictureForm(), **given}
    refused = any(form.errors for form in given.values())
    return render(request, "organizations/you.html", context, status=422 if refused else 200)


def back(request: MemberRequest) -> HttpResponse:
    return redirect("organizations:you", slug=request.member.organization.slug)


@member_gate
@require_safe
def face(request: MemberRequest, pk: int) -> HttpResponseBase:
    """A colleague's picture. By its own mark (the query) it never changes: the browser alone may keep it."""
    member = access_member(request.member, pk)
    answer = shown_picture(member.user.picture.name)
    if request.META["QUERY_STRING"] == member.picture_mark:
        answer["Cache-Control"] = KEPT
    return answer


@member_gate
@require_POST
def change_picture(request: MemberRequest) -> HttpResponse:
    form = PictureForm(request.POST, request.FILES)
    if getattr(request, "no_room", False):  # the file was left out (publishing/media/uploads.py)
        raise no_room()
    if form.is_valid():
        try:
            set_picture(request.member, content=form.cleaned_data["picture"].read(MOST_BYTES + 1))
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            messages.success(request, _("Your colleagues see this picture from now on."))
            return back(request)
    return page(request, picture_form=form)


@member_gate
@require_POST
def take_picture_away(request: MemberRequest) -> HttpResponse:
    remove_picture(request.member)
    messages.success(request, _("The picture is gone. Your initials stand in its place."))
    return back(request)
