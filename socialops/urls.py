"""Every address of the product."""

from django.urls import include, path

from organizations.views.joining import join
from organizations.views.session import again, session
from socialops.health import readyz
from socialops.metrics import metrics
from socialops.views.activity import activity
from socialops.views.badges import badges
from socialops.views.banners import banners
from socialops.views.errors import bad_request, defect, forbidden, missing
from socialops.views.find import find
from socialops.views.home import home
from socialops.views.start import favicon, start

in_organization = [
    path("", home, name="home"),
    path("", include("publishing.urls")),
    path("activity/", activity, name="activity"),
    path("inbox/", include("inbox.urls")),
    path("analytics/", include("analytics.urls")),
    path("tasks/", include("teams.member_tasks.task_urls")),
    path("teams/", include("teams.urls")),
    path("profiles/", include("teams.profile_urls")),
    path("pauses/", include("teams.pauses.pause_urls")),
    path("banners/", banners, name="banners"),
    path("find/", find, name="find"),
    path("badges/", badges, name="badges"),
    path("", include("organizations.urls")),
]

urlpatterns = [
    path("", start, name="start"),
    path("favicon.ico", favicon),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("accounts/", include("organizations.sign_in.account_urls")),
    path("session/", session, name="session"),
    path("session/again/", again, name="again"),
    path("join/<str:secret>/", join, name="join"),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("socialops.api")),
    path("o/<slug:slug>/", include(in_organization)),
    path("sandbox/", include("networks.sandbox.urls")),
    path("", include("networks.urls")),
]

handler400 = bad_request
handler403 = forbidden
handler404 = missing
handler500 = defect
