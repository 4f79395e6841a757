"""`ETag` and `If-Match`: a change of what somebody saw otherwise than it is by now is refused (RFC 9110, 13.1.1)."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.overtaking import Seen

IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag of what you read. 412 if it has changed since.",
)


def etag_response(shape: Mapping[str, Any], mark: str, status: int = 200) -> Response:
    """`shape` as the answer; its ETag is the mark of what people decide in it."""
    return Response(shape, status=status, headers={"ETag": f'"{mark}"'})


def parse_if_match(request: Request) -> Seen:
    """The marks that the caller saw; None of a call without If-Match, or with a star, which takes what is there."""
    header = request.headers.get("If-Match", "").strip()
    if not header or header == "*":
        return None
    tags = (one.strip() for one in header.split(","))
    return [tag[1:-1] for tag in tags if tag.startswith('"') and tag.endswith('"')]
