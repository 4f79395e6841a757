"""Every address of the product."""

from importlib.util import find_spec

from django.http import HttpResponse
from django.urls import include, path

from socialops.views.errors import bad_request, defect, forbidden, missing
from socialops.views.start import start


def there(prefix, module):
    return [path(prefix, include(module))] if find_spec(module.rpartition(".")[0]) and find_spec(module) else []


def home(request, slug):
    return HttpResponse("home")


if find_spec("socialops.views.home"):
    from socialops.views.home import home

in_organization = [
    path("", home, name="home"),
    *there("", "publishing.urls"),
    *there("inbox/", "inbox.urls"),
    *there("analytics/", "analytics.urls"),
    *there("teams/", "teams.urls"),
    *there("profiles/", "teams.profile_urls"),
    *there("", "organizations.urls"),
]

urlpatterns = [
    path("", start, name="start"),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("socialops.api")),
    path("o/<slug:slug>/", include(in_organization)),
    *there("sandbox/", "networks.sandbox.urls"),
    path("", include("networks.urls")),
]

if find_spec("socialops.health"):
    from socialops.health import healthz, readyz

    urlpatterns += [path("healthz", healthz, name="healthz"), path("readyz", readyz, name="readyz")]

handler400 = bad_request
handler403 = forbidden
handler404 = missing
handler500 = defect
