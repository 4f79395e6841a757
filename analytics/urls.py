"""Pages of this floor, below /o/<slug>/analytics/."""

from django.urls import path

from analytics.views.answer_times import show_answer_times
from analytics.views.numbers_page import download_numbers, show_numbers

app_name = "analytics"
urlpatterns = [
    path("", show_numbers, name="overview"),
    path("download/", download_numbers, name="download"),
    path("answers/", show_answer_times, name="answers"),
]
