"""The page on which a new person founds an organization."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from foundation.errors import Invalid, NotFound
from organizations.actions.founding import found_organization
from organizations.configuration.settings_forms import show_errors
from organizations.sign_in.presence import signed_in_user
from organizations.sign_in.security_forms import FoundingForm


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show_founding(request: HttpRequest) -> HttpResponse:
    if settings.REGISTRATION != "open":
        raise NotFound
    form = FoundingForm(request.POST or None)
    if form.is_valid():
        try:
            owner = found_organization(signed_in_user(request), **form.cleaned_data)
        except Invalid as invalid:
            show_errors(form, invalid)
        else:
            return redirect("home", slug=owner.organization.slug)
    return render(request, "account/found.html", {"form": form}, status=422 if form.errors else 200)
