"""What is sent to X as JSON."""

import json
from typing import Any

from django.http import HttpRequest

from networks.sandbox.dialects.x import refusals


def require_json_body(request: HttpRequest) -> dict[str, Any]:
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict):
        raise refusals.invalid_parameter("body", "", "Requests with bodies must have content-type of application/json.")
    return sent
