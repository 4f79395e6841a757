"""How the calls are described in the OpenAPI document."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.plumbing import get_lib_doc_excludes
from drf_spectacular.utils import OpenApiResponse

from organizations.rest.errors import CONTENT_TYPE
from organizations.rest.serializers import StrictSerializer
from organizations.rest.shapes import ProblemShape, Shape

# Each problem, and what the document says of it. Which calls may answer so is told by `problems_of`.
PROBLEMS = {
    "400": "What was given cannot be meant; `errors` names the fields. Nothing is stored.",
    "401": "No token, or one that is not valid (any more).",
    "403": "The member, or the token, may see this and not do it.",
    "404": "It does not exist, or the member may not see it; a list answers so where what it is asked about is gone.",
    "409": "It is not as the call takes it to be (any more): it has changed, begun or ended meanwhile.",
    "412": "Somebody has changed it since it was read: `If-Match` names what nobody has any more.",
    "422": "This `Idempotency-Key` came before with another body.",
    "429": "Too many calls with this token or in this organization; `Retry-After` says in how many seconds to go on.",
    "507": "No room: what the organization may keep, or the server's disk, is used up. Nothing is stored.",
}
TEXTS = {"type": "array", "items": {"type": "string"}}
PROBLEM = {  # as organizations.rest.errors answers, RFC 9457
    "type": "object",
    "required": ["type", "title", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "description": "Always `about:blank`: the status says it all."},
        "title": {"type": "string", "description": "The name of the status."},
        "detail": {"type": "string", "description": "What is wrong, in words for people."},
        "errors": {
            "type": "object",
            "description": "What is wrong with which field, such as `variants.x.text`.",
            "additionalProperties": TEXTS,
        },
    },
}
COMPONENTS = {
    "schemas": {"Problem": PROBLEM},
    "responses": {
        f"Problem{status}": {
            "description": description,
            "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, description in PROBLEMS.items()
    },
}


def undescribing_classes() -> list[type]:
    """Whose docstrings say nothing to callers: those of what is derived from them do."""
    found = get_lib_doc_excludes()  # type: ignore[no-untyped-call]  # drf-spectacular types a part of itself
    return [*found, Shape, ProblemShape, StrictSerializer]


def describe_problem(status: int) -> dict[tuple[int, str], OpenApiResponse]:
    """For `responses` of a call that may answer so although its like never do."""
    reference = {"$ref": "#/components/schemas/Problem"}
    return {(status, CONTENT_TYPE): OpenApiResponse(reference, PROBLEMS[str(status)])}


def add_problem_responses(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A hook of drf-spectacular: every call may end in problems, which are described once for all."""
    for kind, named in COMPONENTS.items():
        result.setdefault("components", {}).setdefault(kind, {}).update(named)
    for path, calls in result["paths"].items():
        for method, operation in calls.items():
            for status in possible_problems(method, path, operation.get("parameters", ())):
                operation["responses"].setdefault(status, {"$ref": f"#/components/responses/Problem{status}"})
    return result


def possible_problems(method: str, path: str, parameters: Iterable[dict[str, Any]]) -> list[str]:
    """The statuses other than success with which such a call may answer. Pure."""
    never = {
        "404": "{" not in path and method != "get",
        "409": method == "get",
        "412": all(parameter["name"] != "If-Match" for parameter in parameters),
        "422": method != "post",
        "507": method != "post" or not path.endswith("/media/"),
    }
    return [status for status in PROBLEMS if not never.get(status)]
