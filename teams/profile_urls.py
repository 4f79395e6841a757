"""Pages of profiles, below /o/<slug>/profiles/. They stand on this floor because rights decide what they show."""

from django.urls import path

from teams.views import profiles

app_name = "profiles"
urlpatterns = [
    path("", profiles.listing, name="list"),
    path("connect/", profiles.connect, name="connect"),
    path("<int:pk>/", profiles.show, name="profile"),
    path("<int:pk>/rights/", profiles.change_rights, name="change_rights"),
    path("<int:pk>/rights/add/", profiles.add_rights, name="add_rights"),
    path("<int:pk>/policy/", profiles.policy, name="policy"),
]
