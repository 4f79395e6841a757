"""Pages of this floor, below /o/<slug>/."""

from django.urls import path

from organizations.views import audit, settings

app_name = "organizations"
urlpatterns = [
    path("audit/", audit.log, name="audit"),
    path("settings/", settings.show, name="settings"),
    path("settings/organization/", settings.change, name="change"),
    path("settings/members/", settings.add_member, name="add_member"),
    path("settings/tokens/", settings.add_token, name="add_token"),
    path("settings/tokens/<int:pk>/revoke/", settings.revoke_token, name="revoke_token"),
]
