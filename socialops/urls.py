"""Every address of the product."""

from django.urls import URLPattern, URLResolver, include, path

from organizations.views.joining import join_by_invitation
from organizations.views.session import show_session, show_signed_in_again
from socialops.health import show_readiness
from socialops.metrics import show_metrics
from socialops.views.activity import show_activity
from socialops.views.badges import show_badges
from socialops.views.banners import show_banners
from socialops.views.errors import show_bad_request, show_forbidden, show_not_found, show_server_error
from socialops.views.home import show_home
from socialops.views.palette import search_palette
from socialops.views.start import redirect_to_favicon, redirect_to_organization

organization_urlpatterns: list[URLPattern | URLResolver] = [
    path("", show_home, name="home"),
    path("", include("publishing.urls")),
    path("activity/", show_activity, name="activity"),
    path("inbox/", include("inbox.urls")),
    path("analytics/", include("analytics.urls")),
    path("tasks/", include("teams.member_tasks.task_urls")),
    path("teams/", include("teams.urls")),
    path("profiles/", include("teams.profile_urls")),
    path("pauses/", include("teams.pauses.pause_urls")),
    path("banners/", show_banners, name="banners"),
    path("find/", search_palette, name="find"),
    path("badges/", show_badges, name="badges"),
    path("", include("organizations.urls")),
]

urlpatterns = [
    path("", redirect_to_organization, name="start"),
    path("favicon.ico", redirect_to_favicon),
    path("readyz", show_readiness, name="readyz"),
    path("metrics", show_metrics, name="metrics"),
    path("accounts/", include("organizations.sign_in.account_urls")),
    path("session/", show_session, name="session"),
    path("session/again/", show_signed_in_again, name="again"),
    path("join/<str:secret>/", join_by_invitation, name="join"),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("socialops.api")),
    path("o/<slug:slug>/", include(organization_urlpatterns)),
    path("sandbox/", include("networks.sandbox.urls")),
    path("", include("networks.urls")),
]

handler400 = show_bad_request
handler403 = show_forbidden
handler404 = show_not_found
handler500 = show_server_error
