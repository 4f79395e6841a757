"""Where the networks reach us."""

from django.urls import path

from networks.views.hooks import hook

app_name = "networks"
urlpatterns = [path("hooks/<slug:network>/", hook, name="hook")]
