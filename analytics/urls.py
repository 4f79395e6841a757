"""Pages of this floor, below /o/<slug>/analytics/."""

from django.urls import path

from analytics.views.overview import report

app_name = "analytics"
urlpatterns = [path("", report, name="overview")]
