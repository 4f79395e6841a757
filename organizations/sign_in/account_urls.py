"""Addresses beside those of django-allauth, below /accounts/."""

from django.urls import path

from organizations.views import devices, founding, linking, logo, sign_on, ways_in

app_name = "sign_on"
urlpatterns = [
    path("sign-on/", sign_on.choose, name="choose"),
    path("sign-on/<slug:slug>/", sign_on.start, name="start"),
    path("sign-on/<slug:slug>/callback/", sign_on.callback, name="callback"),
    path("sign-on/<slug:slug>/link/", linking.show, name="link"),
    path("sign-on/<slug:slug>/link/mail/", linking.mail, name="mail_link"),
    path("sign-on/<slug:slug>/link/<str:token>/", linking.mailed, name="mailed_link"),
    path("entry/<slug:slug>/", sign_on.threshold, name="threshold"),
    path("sessions/<int:pk>/end/", devices.end_session, name="end_session"),
    path("ways-in/", ways_in.show, name="ways_in"),
    path("ways-in/remove/", ways_in.remove, name="remove_way"),
    path("logo/<slug:slug>/", logo.at_the_entrance, name="logo"),
    path("organization/new/", founding.found, name="found"),
]
