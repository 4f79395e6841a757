"""Where requests come from, and expected errors as pages that say what is wrong."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from organizations.origin import coming_from
from socialops.lib.errors import AppError


class OriginMiddleware:
    """The audit log learns the address that the web server saw (behind a proxy: FORWARDED_ALLOW_IPS)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with coming_from(request.META.get("REMOTE_ADDR", "")):
            return self.get_response(request)


class ExpectedErrorMiddleware:
    """An AppError that no view caught becomes the error page (or, for htmx, the error face) with its own status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, AppError):
            return None
        template = "components/_error.html" if getattr(request, "htmx", False) else "error.html"
        context = {"message": error.user_message, "status": error.status}
        return render(request, template, context, status=error.status)
