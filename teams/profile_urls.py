"""Pages of profiles, below /o/<slug>/profiles/. They stand on this floor because rights decide what they show."""

from django.urls import path

from teams.views import profiles, rights

app_name = "profiles"
urlpatterns = [
    path("", profiles.listing, name="list"),
    path("connect/", profiles.connect, name="connect"),
    path("<int:pk>/", profiles.show, name="profile"),
    path("<int:pk>/rights/", rights.change, name="change_rights"),
    path("<int:pk>/rights/add/", rights.add, name="add_rights"),
    path("<int:pk>/labels/", profiles.labels, name="labels"),
    path("<int:pk>/policy/", profiles.policy, name="policy"),
]
