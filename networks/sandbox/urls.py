"""The practice networks: pages for people, and the networks' own dialects."""

from django.urls import path, re_path

from networks.registry import manifests
from networks.sandbox.dialects.dialect import dialect_of
from networks.sandbox.views import files, pages

app_name = "sandbox"

# The dialects begin with a version ("2", "v25.0"), so a slug that is called like a network does no harm.
DIALECTS = {one.network: one for known in manifests() if (one := dialect_of(known.network))}
PAGE = rf"^(?P<slug>[-\w]+)/(?P<network>{'|'.join(DIALECTS)})/(?P<handle>[\w.]+)/"
urlpatterns = [
    path("", pages.list_practice_pages, name="index"),
    re_path(PAGE + "$", pages.show_practice_page, name="watch"),
    re_path(PAGE + "timeline/$", pages.show_timeline, name="timeline"),
    re_path(PAGE + "speak/$", pages.speak_as_audience, name="speak"),
    re_path(PAGE + "fault/$", pages.switch_fault, name="fault"),
    re_path(PAGE + r"like/(?P<pk>[0-9]{1,18})/$", pages.like_as_audience, name="like"),
    re_path(PAGE + r"change/(?P<pk>[0-9]{1,18})/$", pages.change_as_audience, name="change"),
    re_path(PAGE + r"file/(?P<pk>[0-9]{1,18})/$", files.show_upload, name="file"),
    *(re_path(rf"^{network}/(?P<path>.*)$", one.view, name=network) for network, one in DIALECTS.items()),
]
