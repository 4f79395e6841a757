"""Where requests come from, what nobody keeps, and expected errors as pages that say what is wrong."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from foundation.errors import AppError
from organizations.page_organization import attach_organization
from organizations.request_origin import origin_scope

# Of a picture under an address of its own: by the browser alone, until the session ends (Clear-Site-Data).
PICTURE_CACHE_CONTROL = "private, max-age=86400, immutable"


class OriginMiddleware:
    """The audit log learns the address that the web server saw (behind a proxy: FORWARDED_ALLOW_IPS)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with origin_scope(request.META.get("REMOTE_ADDR", "")):
            return self.get_response(request)


class NoStoreMiddleware:
    """No browser or proxy keeps what we say: after signing out nobody finds it there. Static files do not pass here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        cache_control = answer.get("Cache-Control", "")
        if cache_control != PICTURE_CACHE_CONTROL and "no-store" not in cache_control:
            answer["Cache-Control"] = "no-store"
        return answer


class ExpectedErrorMiddleware:
    """An AppError that no view caught becomes the error page (or, for htmx, the error face) with its own status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, AppError):
            return None
        is_part = getattr(request, "htmx", False)
        if not is_part:
            attach_organization(request)
        template = "components/_error.html" if is_part else "error.html"
        context = {"message": error.user_message, "status": error.status}
        return render(request, template, context, status=error.status)
