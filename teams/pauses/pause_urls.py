"""Pages of pauses, below /o/<slug>/pauses/."""

from django.urls import path

from teams.views import pauses

app_name = "pauses"
urlpatterns = [
    path("", pauses.page, name="page"),
    path("<int:pk>/release/", pauses.release, name="release"),
]
