"""Error pages: problem details for programs, our own pages for people. Never a traceback."""

import json
import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from foundation.files.disk_space import StorageFull, is_storage_full
from organizations.page_organization import attach_organization
from organizations.rest.errors import plain_problem_response

DISK_FULL_MESSAGE = "There is no room left on this server, so nothing was changed. Whoever runs it has to make some."
RETRY_AFTER_SECONDS = "5"  # seconds in which a restarted database is back


def build_error_view(status: int, sentence: str) -> Any:
    def view(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        if request.path.startswith("/api/"):
            return plain_problem_response(status, sentence)
        attach_organization(request)
        return render(request, f"{status}.html", status=status)

    return view


show_bad_request = build_error_view(400, "This request cannot be read.")
show_forbidden = build_error_view(403, "You are not allowed to do that.")
show_not_found = build_error_view(404, "There is nothing here, or you cannot see it.")


def show_server_error(request: HttpRequest) -> HttpResponse:
    """What nobody expected; a full disk or a database that is away say so. Asks nothing of the database itself."""
    if is_storage_full(error := sys.exc_info()[1]):
        return render_error(request, 507, error.user_message if isinstance(error, StorageFull) else DISK_FULL_MESSAGE)
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        answer = render_error(
            request, 503, "The database cannot be reached at this moment. Nothing was changed; try again."
        )
        answer.headers["Retry-After"] = RETRY_AFTER_SECONDS
        return answer
    return render_error(request, 500, "Something went wrong on our side. It has been written down.")


def render_error(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return plain_problem_response(status, sentence)
    answer = HttpResponse(render_to_string(f"{status}.html"), status=status)
    if status == 507:  # the page stays as it is, and says why
        answer.headers["HX-Trigger"] = json.dumps({"toast": {"kind": "error", "text": sentence}})
    return answer
