"""Where the networks reach us."""

from django.urls import path

from networks.views.hooks import receive_push

app_name = "networks"
urlpatterns = [path("hooks/<slug:network>/", receive_push, name="hook")]
