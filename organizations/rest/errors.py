"""Every failed call answers as problem details (RFC 9457): {"type", "title", "detail", "errors": {field: [...]}}."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.http import Http404, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from foundation.errors import AppError, Invalid

CONTENT_TYPE = "application/problem+json"


def exception_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None for what nobody expected, which becomes a plain 500."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, DjangoPermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, AppError):
        fields = error.fields if isinstance(error, Invalid) else {}
        return problem_response(error.status, error.user_message, fields)
    if isinstance(error, exceptions.ValidationError):
        fields = flatten_errors(error.detail)
        return problem_response(400, " ".join(texts[0] for texts in fields.values()), fields)
    if isinstance(error, exceptions.ParseError):
        return problem_response(error.status_code, str(error.detail), {"body": [str(error.detail)]})
    if isinstance(error, exceptions.APIException):
        return problem_response(error.status_code, str(error.detail), {}, error_headers(error))
    return None


def problem_details(status: int, detail: str, fields: dict[str, list[str]] | None = None) -> dict[str, Any]:
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "detail": detail, "errors": fields or {}}


def problem_response(
    status: int, detail: str, fields: dict[str, list[str]], headers: dict[str, str] | None = None
) -> Response:
    return Response(problem_details(status, detail, fields), status=status, headers=headers, content_type=CONTENT_TYPE)


def plain_problem_response(status: int, detail: str, fields: dict[str, list[str]] | None = None) -> JsonResponse:
    """The same shape outside of DRF (an address that does not exist, a defect of ours)."""
    return JsonResponse(problem_details(status, detail, fields), status=status, content_type=CONTENT_TYPE)


def error_headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if scheme := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = scheme
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) or 1)
    return headers


def flatten_errors(detail: Any, field: str = "") -> dict[str, list[str]]:
    """DRF's nested error lists and dicts as {"variants.x.text": ["..."]}."""
    if isinstance(detail, dict):
        found: dict[str, list[str]] = {}
        for key, value in detail.items():
            name = field if key == "non_field_errors" else f"{field}.{key}".strip(".")
            found.update(flatten_errors(value, name))
        return found
    if isinstance(detail, list) and any(isinstance(part, (dict, list)) for part in detail):
        found = {}
        for index, part in enumerate(detail):
            if part:
                found.update(flatten_errors(part, f"{field}.{index}".strip(".")))
        return found
    texts = detail if isinstance(detail, list) else [detail]
    return {field or "body": [str(text) for text in texts]}
