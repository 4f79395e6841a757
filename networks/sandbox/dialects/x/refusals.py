"""How X says no."""

from datetime import datetime
from typing import Any

from networks.sandbox.dialects.api_calls import Refusal, UsualRefusals

_PROBLEMS = "https://api.twitter.com/2/problems/"


def problem_refusal(status: int, title: str, detail: str, kind: str = "about:blank", **more: Any) -> Refusal:
    where = kind if ":" in kind else _PROBLEMS + kind
    return Refusal(status, {"title": title, "detail": detail, "type": where, "status": status, **more})


def invalid_parameter(parameter: str, value: object, message: str) -> Refusal:
    errors = [{"parameters": {parameter: [str(value)[:100]]}, "message": message}]
    detail = "One or more parameters to your request was invalid."
    return problem_refusal(400, "Invalid Request", detail, "invalid-request", errors=errors)


def missing_resource(resource: str, remote_id: str) -> dict[str, str]:
    """One thing that is not there, or is somebody else's, as listed beside those that are."""
    return {
        "value": remote_id,
        "detail": f"Could not find {resource} with id: [{remote_id}].",
        "title": "Not Found Error",
        "resource_type": resource,
        "parameter": "id",
        "resource_id": remote_id,
        "type": _PROBLEMS + "resource-not-found",
    }


def rate_limited(until: datetime | None) -> Refusal:
    refusal = problem_refusal(429, "Too Many Requests", "Too Many Requests")
    if until:
        reset = str(int(until.timestamp()) + 1)
        refusal.headers = {"x-rate-limit-limit": "100", "x-rate-limit-remaining": "0", "x-rate-limit-reset": reset}
    return refusal


NOBODY = problem_refusal(401, "Unauthorized", "Unauthorized")
NO_ROUTE = problem_refusal(404, "Not Found", "Not Found")
TOO_BIG = problem_refusal(413, "Payload Too Large", "Payload Too Large")
DOWN = problem_refusal(503, "Service Unavailable", "Service Unavailable")
NOT_PERMITTED = problem_refusal(403, "Forbidden", "You are not permitted to perform this action.")
DUPLICATE = problem_refusal(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.")
NO_PARENT = problem_refusal(
    403, "Forbidden", "You attempted to reply to a Tweet that is deleted or not visible to you."
)

WRONG_MEDIA = invalid_parameter("media.media_ids", "", "Your media IDs are invalid.")

MALFORMED = invalid_parameter("body", "", "The body of the request cannot be read.")
USUAL_REFUSALS = UsualRefusals(
    nobody=NOBODY,
    signed_out=NOBODY,
    too_big=TOO_BIG,
    malformed=MALFORMED,
    down=DOWN,
    duplicate=DUPLICATE,
    limited=rate_limited,
)
