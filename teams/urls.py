"""Pages of teams, below /o/<slug>/teams/."""

from django.urls import path

from teams.views import teams

app_name = "teams"
urlpatterns = [
    path("", teams.listing, name="list"),
    path("new/", teams.create, name="create"),
    path("<int:pk>/", teams.show, name="team"),
    path("<int:pk>/edit/", teams.edit, name="edit"),
    path("<int:pk>/dissolve/", teams.dissolve, name="dissolve"),
]
