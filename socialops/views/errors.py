"""Error pages: problem details for programs, our own pages for people. Never a traceback."""

import json
import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from foundation.files.room import NoRoom, is_full
from organizations.around import stand_around
from organizations.rest.errors import plain

FULL = "There is no room left on this server, so nothing was changed. Whoever runs it has to make some."
RETRY_AFTER = "5"  # seconds in which a restarted database is back


def page(status: int, sentence: str) -> Any:
    def view(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        if request.path.startswith("/api/"):
            return plain(status, sentence)
        stand_around(request)
        return render(request, f"{status}.html", status=status)

    return view


bad_request = page(400, "This request cannot be read.")
forbidden = page(403, "You are not allowed to do that.")
missing = page(404, "There is nothing here, or you cannot see it.")


def defect(request: HttpRequest) -> HttpResponse:
    """What nobody expected; a full disk or a database that is away say so. Asks nothing of the database itself."""
    if is_full(error := sys.exc_info()[1]):
        return failed(request, 507, error.user_message if isinstance(error, NoRoom) else FULL)
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        answer = failed(request, 503, "The database cannot be reached at this moment. Nothing was changed; try again.")
        answer.headers["Retry-After"] = RETRY_AFTER
        return answer
    return failed(request, 500, "Something went wrong on our side. It has been written down.")


def failed(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return plain(status, sentence)
    answer = HttpResponse(render_to_string(f"{status}.html"), status=status)
    if status == 507:  # the page stays as it is, and says why
        answer.headers["HX-Trigger"] = json.dumps({"toast": {"kind": "error", "text": sentence}})
    return answer
