"""The browser's cookie of a session, and who may take it away."""

from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

NAVIGATION = "navigate"  # Sec-Fetch-Mode, https://www.w3.org/TR/fetch-metadata/; clients that are no browser send none


class SessionCookieMiddleware(SessionMiddleware):
    """Django's, except that what a page's parts ask for never takes the cookie of a session that has ended.

    Parts are asked for many at a time and answered late: meanwhile somebody may have signed in again in a window beside
    them, and the late answer would end that session's cookie instead. The next page that is gone to takes it.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        is_part = request.headers.get("Sec-Fetch-Mode", NAVIGATION) != NAVIGATION
        session = getattr(request, "session", None)
        if is_part and session is not None and session.is_empty():
            return response
        return super().process_response(request, response)
