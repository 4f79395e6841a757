"""Pages of pauses, below /o/<slug>/pauses/."""

from django.urls import path

from teams.views import pauses

app_name = "pauses"
urlpatterns = [
    path("", pauses.show_pauses, name="page"),
    path("<int:pk>/release/", pauses.release_pause_view, name="release"),
]
