"""/api/v1/: every app's calls, and the document that describes them."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.negotiation import DefaultContentNegotiation

API_URLCONFS = (
    "organizations.people.api",
    "teams.api",
    "publishing.api",
    "inbox.api",
    "analytics.api",
    "teams.member_tasks.task_api",
    "teams.rights.level_api",
    "teams.pauses.pause_api",
)
# Swagger UI writes style attributes of its own; scripts stay as strict as everywhere.
docs_view = csp_update({"style-src": [SELF, UNSAFE_INLINE]})(SpectacularSwaggerSplitView.as_view(url_name="schema"))

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(content_negotiation_class=DefaultContentNegotiation), name="schema"),
    path("docs/", docs_view, name="docs"),
    *[path("", include(calls)) for calls in API_URLCONFS],
]
