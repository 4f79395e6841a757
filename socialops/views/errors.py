"""Error pages: problem details for programs, our own pages for people. Never a traceback."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from organizations.rest.errors import plain


def page(status: int, sentence: str) -> Any:
    def view(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        if request.path.startswith("/api/"):
            return plain(status, sentence)
        return render(request, f"{status}.html", status=status)

    return view


bad_request = page(400, "This request cannot be read.")
forbidden = page(403, "You are not allowed to do that.")
missing = page(404, "There is nothing here, or you cannot see it.")
defect = page(500, "Something went wrong on our side. It has been written down.")
