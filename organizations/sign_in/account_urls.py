"""Addresses beside those of django-allauth, below /accounts/."""

from django.urls import path

from organizations.views import devices, founding, linking, logo, sign_on, ways_in

app_name = "sign_on"
urlpatterns = [
    path("sign-on/", sign_on.choose_sign_on, name="choose"),
    path("sign-on/<slug:slug>/", sign_on.start_sign_on, name="start"),
    path("sign-on/<slug:slug>/callback/", sign_on.receive_callback, name="callback"),
    path("sign-on/<slug:slug>/link/", linking.show_link, name="link"),
    path("sign-on/<slug:slug>/link/mail/", linking.request_link_mail, name="mail_link"),
    path("sign-on/<slug:slug>/link/<str:token>/", linking.open_mailed_link, name="mailed_link"),
    path("entry/<slug:slug>/", sign_on.show_threshold, name="threshold"),
    path("sessions/<int:pk>/end/", devices.end_session, name="end_session"),
    path("ways-in/", ways_in.show_ways_in, name="ways_in"),
    path("ways-in/remove/", ways_in.remove_way_in, name="remove_way"),
    path("logo/<slug:slug>/", logo.show_sign_in_logo, name="logo"),
    path("organization/new/", founding.show_founding, name="found"),
]
