"""`ETag` and `If-Match`: a change of what somebody saw otherwise than it is by now is refused (RFC 9110, 13.1.1)."""

import hashlib
from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiTypes
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from socialops.lib.errors import Conflict

IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag of what you read. 412 if it has changed since.",
)


class Overtaken(Conflict):
    """Somebody else changed it between the reading and the writing."""

    status = 412

    def __init__(self) -> None:
        super().__init__("This has changed since you read it. Read it again, then change it.")


def etag(shape: Mapping[str, Any]) -> str:
    return f'"{hashlib.sha256(JSONRenderer().render(shape)).hexdigest()[:32]}"'


def tagged(shape: Mapping[str, Any], status: int = 200) -> Response:
    """`shape` as the answer, with its ETag."""
    return Response(shape, status=status, headers={"ETag": etag(shape)})


def require_seen(request: Request, shape: Mapping[str, Any]) -> None:
    """To be asked while the thing is locked. Raises Overtaken; a call without If-Match takes what is there."""
    wanted = request.headers.get("If-Match", "").strip()
    if wanted and wanted != "*" and etag(shape) not in [one.strip() for one in wanted.split(",")]:
        raise Overtaken
