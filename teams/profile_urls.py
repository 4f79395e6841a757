"""Pages of profiles, below /o/<slug>/profiles/. They stand on this floor because rights decide what they show."""

from django.urls import path

from teams.views import profiles, rights

app_name = "profiles"
urlpatterns = [
    path("", profiles.list_profiles, name="list"),
    path("connect/", profiles.connect_profile_view, name="connect"),
    path("<int:pk>/", profiles.show_profile, name="profile"),
    path("<int:pk>/rights/", rights.change_rights, name="change_rights"),
    path("<int:pk>/rights/add/", rights.add_rights, name="add_rights"),
    path("<int:pk>/labels/", profiles.change_labels, name="labels"),
    path("<int:pk>/policy/", profiles.change_policy, name="policy"),
]
