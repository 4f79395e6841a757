"""Addresses whose last slash was left out."""

from django.http import HttpResponsePermanentRedirect
from django.middleware.common import CommonMiddleware


class MethodKeepingRedirect(HttpResponsePermanentRedirect):
    """308: the call is repeated as it was, where 301 would turn a POST into a GET that changes nothing."""

    status_code = 308


class SlashMiddleware(CommonMiddleware):
    response_redirect_class = MethodKeepingRedirect
