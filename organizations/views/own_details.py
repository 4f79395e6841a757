"""One's own name, clock and picture."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.errors import Invalid
from foundation.files.disk_space import storage_full_error
from organizations.access import access_member
from organizations.actions.own_details import change_own_details, remove_picture, set_picture
from organizations.configuration.settings_forms import OwnDetailsForm, PictureForm, show_errors
from organizations.gates import MemberRequest, member_gate, redirect_within
from organizations.middleware import PICTURE_CACHE_CONTROL
from organizations.people.portraits import MOST_PORTRAIT_BYTES
from organizations.views.logo import picture_response


@member_gate
@require_http_methods(["GET", "HEAD", "POST"])
def show_own_details(request: MemberRequest) -> HttpResponse:
    form = own_details_form(request, request.POST or None)
    if form.is_valid():
        try:
            change_own_details(request.member, **form.cleaned_data)
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            messages.success(request, _("Saved. Your colleagues read your name like this from now on."))
            return redirect_within(request, "organizations:you")
    return render_own_details(request, form=form)


def own_details_form(request: MemberRequest, data: Any = None) -> OwnDetailsForm:
    user = request.member.user
    initial = {"name": user.name, "time_zone": user.time_zone}
    return OwnDetailsForm(data, initial=initial, zone=request.member.organization.time_zone)


def render_own_details(request: MemberRequest, **given: Any) -> HttpResponse:
    context = {"form": own_details_form(request), "picture_form": PictureForm(), **given}
    refused = any(form.errors for form in given.values())
    return render(request, "organizations/you.html", context, status=422 if refused else 200)


@member_gate
@require_safe
def show_face(request: MemberRequest, pk: int) -> HttpResponseBase:
    """A colleague's picture. By its own mark (the query) it never changes: the browser alone may keep it."""
    member = access_member(request.member, pk)
    answer = picture_response(member.user.picture.name)
    if request.META["QUERY_STRING"] == member.picture_mark:
        answer["Cache-Control"] = PICTURE_CACHE_CONTROL
    return answer


@member_gate
@require_POST
def change_picture(request: MemberRequest) -> HttpResponse:
    form = PictureForm(request.POST, request.FILES)
    if getattr(request, "no_room", False):  # the file was left out (publishing/media/uploads.py)
        raise storage_full_error()
    if form.is_valid():
        try:
            set_picture(request.member, content=form.cleaned_data["picture"].read(MOST_PORTRAIT_BYTES + 1))
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            messages.success(request, _("Your colleagues see this picture from now on."))
            return redirect_within(request, "organizations:you")
    return render_own_details(request, picture_form=form)


@member_gate
@require_POST
def delete_picture(request: MemberRequest) -> HttpResponse:
    remove_picture(request.member)
    messages.success(request, _("The picture is gone. Your initials stand in its place."))
    return redirect_within(request, "organizations:you")
