"""Addresses beside those of django-allauth, below /accounts/."""

from django.urls import path

from organizations.views import devices, founding, sign_on

app_name = "sign_on"
urlpatterns = [
    path("sign-on/", sign_on.choose, name="choose"),
    path("sign-on/<slug:slug>/", sign_on.start, name="start"),
    path("sign-on/<slug:slug>/callback/", sign_on.callback, name="callback"),
    path("entry/<slug:slug>/", sign_on.threshold, name="threshold"),
    path("sessions/<int:pk>/end/", devices.end_session, name="end_session"),
    path("organization/new/", founding.found, name="found"),
]
