"""Pages of this floor, below /o/<slug>/analytics/."""

from django.urls import path

from analytics.views.answers import answers
from analytics.views.overview import download, report

app_name = "analytics"
urlpatterns = [
    path("", report, name="overview"),
    path("download/", download, name="download"),
    path("answers/", answers, name="answers"),
]
