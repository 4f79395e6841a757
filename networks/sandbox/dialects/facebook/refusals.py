"""How Graph says no."""

import json
from datetime import datetime
from math import ceil

from django.utils.timezone import now

from networks.sandbox.dialects.api_calls import Refusal, UsualRefusals


def graph_refusal(
    code: int, message: str, *, subcode: int = 0, status: int = 400, kind: str = "OAuthException"
) -> Refusal:
    body = {"message": message, "type": kind, "code": code, "fbtrace_id": "practice"}
    return Refusal(status, {"error": {**body, **({"error_subcode": subcode} if subcode else {})}})


def missing_object(remote_id: str) -> Refusal:
    message = (
        f"Unsupported get request. Object with ID '{remote_id[:60]}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation."
    )
    return graph_refusal(100, message, subcode=33, kind="GraphMethodException")


def unknown_field(name: str, kind: str) -> Refusal:
    return graph_refusal(100, f"(#100) Tried accessing nonexisting field ({name[:60]}) on node type ({kind})")


def invalid_parameter(message: str) -> Refusal:
    return graph_refusal(100, f"(#100) {message}")


def rate_limited(until: datetime | None) -> Refusal:
    """Graph names the wait in minutes, in a header about the use of the Page."""
    refusal = graph_refusal(80001, "(#80001) There have been too many calls to this Page account.", subcode=2446079)
    if until:
        minutes = max(1, ceil((until - now()).total_seconds() / 60))
        usage = {"type": "pages", "call_count": 100, "estimated_time_to_regain_access": minutes}
        refusal.headers = {"X-Business-Use-Case-Usage": json.dumps({"practice": [usage]})}
    return refusal


NOBODY = graph_refusal(190, "Invalid OAuth access token - Cannot parse access token")
SIGNED_OUT = graph_refusal(190, "Error validating access token: Session has expired.", subcode=463)
NO_ROUTE = graph_refusal(2500, "Unknown path components")
TOO_BIG = graph_refusal(1, "Please reduce the amount of data you're asking for, then retry your request", status=413)
DOWN = graph_refusal(2, "Service temporarily unavailable", status=503)
NOT_ALLOWED = graph_refusal(200, "(#200) You do not have permission to do this on this object", status=403)
NO_SUCH_METRIC = invalid_parameter("The value must be a valid insights metric")
NO_PICTURE = graph_refusal(324, "(#324) Missing or invalid image file", subcode=2069019)
BIG_PICTURE = graph_refusal(
    100, "(#100) Please reduce the size of the photo: it has to be smaller than 4 MB.", subcode=1366046
)
DUPLICATE = graph_refusal(506, "Duplicate status message", subcode=1455006)
MALFORMED = invalid_parameter("The body of the request cannot be read")
USUAL_REFUSALS = UsualRefusals(
    nobody=NOBODY,
    signed_out=SIGNED_OUT,
    too_big=TOO_BIG,
    malformed=MALFORMED,
    down=DOWN,
    duplicate=DUPLICATE,
    limited=rate_limited,
)
