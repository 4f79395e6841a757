"""The address without anything behind it: on to one's own organization."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static

from organizations.access import memberships_of
from organizations.page_organization import preferred_membership
from organizations.sign_in.presence import signed_in_user


@login_required
def redirect_to_organization(request: HttpRequest) -> HttpResponse:
    memberships = memberships_of(signed_in_user(request))
    if not memberships:
        if settings.REGISTRATION == "open":
            return redirect("sign_on:found")
        return render(request, "organizations/none.html")
    member = preferred_membership(request, memberships) or memberships[0]
    return redirect("home", slug=member.organization.slug)


def redirect_to_favicon(request: HttpRequest) -> HttpResponse:
    """For browsers that ask before they have read a page."""
    return redirect(static("img/mark.svg"))
