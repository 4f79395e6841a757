"""Ten seconds in which what was done can be taken back by one press.

Taking back is a change like any other, sent to its own address with what the page saw, and judged there: what cannot be
undone any more says so in its refusal. What was done is never delayed for it.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event


def safe_return_url(request: HttpRequest, home: str, otherwise: str) -> str:
    """Where a form came from (its field `next`), if that lies below `home`."""
    next_url = request.POST.get("next", "")
    return (
        next_url
        if next_url.startswith(home) and url_has_allowed_host_and_scheme(next_url, allowed_hosts=None)
        else otherwise
    )


def undo_message(text: str, url: str, values: Mapping[str, str]) -> SafeString:
    """A message (django.contrib.messages) with the button that sends `values` to `url` (static/js/lib/toast.js)."""
    return format_html(
        '{} <button type="button" class="link toast__undo" data-undo="{}" data-values="{}" data-hotkey="z">{}</button>',
        text,
        url,
        json.dumps(dict(values)),
        _("Undo"),
    )


def add_undo_toast(response: HttpResponse, text: str, url: str, values: Mapping[str, str], *, target: str = "") -> None:
    """The same beside an answer to htmx. What comes back goes into `target`; without one only its events count."""
    undo: dict[str, Any] = {"url": url, "values": dict(values), "target": target}
    trigger_client_event(response, "toast", {"kind": "success", "text": text, "undo": undo})
