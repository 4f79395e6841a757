"""How Graph says no."""

import json
from datetime import datetime
from math import ceil

from django.utils.timezone import now

from networks.sandbox.dialects.speaking import Refusal, Words


def error(code: int, message: str, *, subcode: int = 0, status: int = 400, kind: str = "OAuthException") -> Refusal:
    body = {"message": message, "type": kind, "code": code, "fbtrace_id": "practice"}
    return Refusal(status, {"error": {**body, **({"error_subcode": subcode} if subcode else {})}})


def missing(remote_id: str) -> Refusal:
    message = (
        f"Unsupported get request. Object with ID '{remote_id[:60]}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation."
    )
    return error(100, message, subcode=33, kind="GraphMethodException")


def no_field(name: str, kind: str) -> Refusal:
    return error(100, f"(#100) Tried accessing nonexisting field ({name[:60]}) on node type ({kind})")


def invalid(message: str) -> Refusal:
    return error(100, f"(#100) {message}")


def limited(until: datetime | None) -> Refusal:
    """Graph names the wait in minutes, in a header about the use of the Page."""
    refusal = error(80001, "(#80001) There have been too many calls to this Page account.", subcode=2446079)
    if until:
        minutes = max(1, ceil((until - now()).total_seconds() / 60))
        usage = {"type": "pages", "call_count": 100, "estimated_time_to_regain_access": minutes}
        refusal.headers = {"X-Business-Use-Case-Usage": json.dumps({"practice": [usage]})}
    return refusal


NOBODY = error(190, "Invalid OAuth access token - Cannot parse access token")
SIGNED_OUT = error(190, "Error validating access token: Session has expired.", subcode=463)
NO_ROUTE = error(2500, "Unknown path components")
TOO_BIG = error(1, "Please reduce the amount of data you're asking for, then retry your request", status=413)
DOWN = error(2, "Service temporarily unavailable", status=503)
NOT_ALLOWED = error(200, "(#200) You do not have permission to do this on this object", status=403)
NO_SUCH_METRIC = invalid("The value must be a valid insights metric")
NO_PICTURE = error(324, "(#324) Missing or invalid image file", subcode=2069019)
BIG_PICTURE = error(100, "(#100) Please reduce the size of the photo: it has to be smaller than 4 MB.", subcode=1366046)
DUPLICATE = error(506, "Duplicate status message", subcode=1455006)
MALFORMED = invalid("The body of the request cannot be read")
WORDS = Words(
    nobody=NOBODY,
    signed_out=SIGNED_OUT,
    too_big=TOO_BIG,
    malformed=MALFORMED,
    down=DOWN,
    duplicate=DUPLICATE,
    limited=limited,
)
