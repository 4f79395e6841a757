"""Pages of teams, below /o/<slug>/teams/."""

from django.urls import path

from teams.views import chart, grant_reasons, levels, matrix, teams, undo_rights

app_name = "teams"
urlpatterns = [
    path("", teams.list_teams, name="list"),
    path("chart/", chart.show_chart, name="chart"),
    path("new/", teams.create_team_view, name="create"),
    path("rights/", matrix.show_matrix, name="rights"),
    path("rights/undo/", undo_rights.undo_rights_changes, name="undo_rights"),
    path("rights/why/<int:member>/<int:profile>/", grant_reasons.show_grant_reasons, name="why"),
    path("levels/", levels.list_levels, name="levels"),
    path("levels/new/", levels.create_level_view, name="create_level"),
    path("levels/<int:pk>/", levels.edit_level, name="edit_level"),
    path("levels/<int:pk>/delete/", levels.delete_level_view, name="delete_level"),
    path("<int:pk>/", teams.show_team, name="team"),
    path("<int:pk>/edit/", teams.edit_team, name="edit"),
    path("<int:pk>/dissolve/", teams.dissolve_team_view, name="dissolve"),
]
