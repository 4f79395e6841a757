"""Holds what REST calls answer to the OpenAPI document: all of it is described, and all that is described is there."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from typing import Any
from unittest.mock import patch

from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator, FormatChecker

# What any address may answer; 507 where the disk of the database is full.
UNDESCRIBED = ("413", "415", "500", "503", "507")
PARSERS: dict[str, Callable[[str], object]] = {"date-time": datetime.fromisoformat, "date": date.fromisoformat}
held = True  # not where a test lets a call answer what none does: `made_up_answers`
FORMATS = FormatChecker(formats=())
for name, parse in PARSERS.items():
    FORMATS.checks(name, raises=ValueError)(lambda value, parse=parse: not isinstance(value, str) or bool(parse(value)))


@contextmanager
def answers_held() -> Iterator[None]:
    """Meanwhile every answer that a test client gets is held to the document."""
    request = Client.request

    def request_held(client: Client, **environ: Any) -> Any:
        response = request(client, **environ)
        if held:
            require_described(environ["REQUEST_METHOD"], environ["PATH_INFO"], response)
        return response

    with patch.object(Client, "request", request_held):
        yield


@cache
def openapi_document() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


def require_described(method: str, path: str, response: Any) -> None:
    """Raises AssertionError where a call that is described answered otherwise than the document says."""
    answers = described_answers(method, path)
    status, kind = str(response.status_code), response.get("Content-Type", "").partition(";")[0]
    if status not in answers:
        expected = not answers or status in UNDESCRIBED
        assert expected, f"The document does not say that {method} {path} may answer with {status}."
        return
    described = answers[status]
    contents = described.get("content", {})
    if not contents:
        assert not response.content, f"The document says of {method} {path} that {status} has no body."
        return
    assert kind in contents or "application/octet-stream" in contents, f"{method} {path} answered with {kind}."
    if kind.endswith("json"):
        wrong = sorted(
            validator_of_schema(contents[kind]["schema"]).iter_errors(json.loads(response.content)),
            key=lambda one: one.json_path,
        )
        told = [f"{one.json_path}: {one.message}" for one in wrong]
        assert not told, f"The document says otherwise of what {method} {path} answers with {status}: {told}"


def described_answers(method: str, path: str) -> dict[str, Any]:
    """{status: what is said of it}; empty where there is no such call."""
    for pattern, calls in documented_addresses():
        if pattern.fullmatch(path):
            found = calls.get(method.lower(), {}).get("responses", {})
            return {status: resolve_reference(one) for status, one in found.items()}
    return {}


@cache
def documented_addresses() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    return [(re.compile(re.sub(r"{\w+}", "[^/]+", path)), calls) for path, calls in openapi_document()["paths"].items()]


def resolve_reference(described: dict[str, Any]) -> dict[str, Any]:
    """What a reference stands for."""
    found: Any = described
    while "$ref" in found:
        names = found["$ref"].removeprefix("#/").split("/")
        found = openapi_document()
        for one in names:
            found = found[one]
    return found


def validator_of_schema(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**strict_schema(schema), "components": strict_components()}, format_checker=FORMATS)


@cache
def strict_components() -> dict[str, Any]:
    schemas = openapi_document()["components"]["schemas"]
    return {"schemas": {name: strict_schema(schema) for name, schema in schemas.items()}}


def strict_schema(schema: Any) -> Any:
    """The same as JSON Schema, which has no `nullable`; an object has nothing besides its properties."""
    if isinstance(schema, list):
        return [strict_schema(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: strict_schema(one) for name, one in schema.items() if name not in ("nullable", "example", "enum")}
    if "enum" in schema:
        found["enum"] = schema["enum"]
    if isinstance(schema.get("properties"), dict):
        found.setdefault("additionalProperties", False)
    return {"anyOf": [found, {"type": "null"}]} if schema.get("nullable") is True else found
