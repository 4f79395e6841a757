"""Pages of teams, below /o/<slug>/teams/."""

from django.urls import path

from teams.views import chart, levels, matrix, teams, undo_rights, why

app_name = "teams"
urlpatterns = [
    path("", teams.listing, name="list"),
    path("chart/", chart.show, name="chart"),
    path("new/", teams.create, name="create"),
    path("rights/", matrix.page, name="rights"),
    path("rights/undo/", undo_rights.undo, name="undo_rights"),
    path("rights/why/<int:member>/<int:profile>/", why.show, name="why"),
    path("levels/", levels.listing, name="levels"),
    path("levels/new/", levels.create, name="create_level"),
    path("levels/<int:pk>/", levels.edit, name="edit_level"),
    path("levels/<int:pk>/delete/", levels.delete, name="delete_level"),
    path("<int:pk>/", teams.show, name="team"),
    path("<int:pk>/edit/", teams.edit, name="edit"),
    path("<int:pk>/dissolve/", teams.dissolve, name="dissolve"),
]
