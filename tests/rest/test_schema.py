"""The OpenAPI document says what happens: the statuses of success, the problems, and what the bodies mean."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import JsonResponse

from organizations.rest.errors import problem_details
from publishing.models import Post
from tests.cast import Cast
from tests.rest.caller import caller
from tests.rest.described import openapi_document, require_described, resolve_reference


@pytest.fixture(scope="module", name="document")
def _document() -> dict:
    return openapi_document()


def test_to_call_a_post_off_answers_with_the_post(document: dict, cast: Cast, in_acme) -> None:
    olive = caller(cast.olive)
    made = olive.post("posts/", {"text": "Bread", "profiles": [cast.x.pk]}).json()
    answer = olive.delete(f"posts/{made['id']}/")
    assert Post.objects.get().state == answer.json()["state"] == "cancelled"
    told = {status for status in document["paths"]["/api/v1/posts/{id}/"]["delete"]["responses"] if status < "400"}
    assert told == {str(answer.status_code)}


@pytest.mark.parametrize(
    ("path", "method", "problems"),
    [
        ("profiles/", "get", {"400", "401", "403", "404", "429"}),
        ("posts/", "post", {"400", "401", "403", "409", "422", "429"}),
        ("posts/{id}/", "patch", {"400", "401", "403", "404", "409", "412", "429"}),
        ("profiles/{id}/grants/", "put", {"400", "401", "403", "404", "409", "412", "429"}),
        ("deliveries/{id}/resolve/", "post", {"400", "401", "403", "404", "409", "412", "422", "429"}),
    ],
)
def test_every_call_names_its_problems(document: dict, path: str, method: str, problems: set[str]) -> None:
    responses = document["paths"][f"/api/v1/{path}"][method]["responses"]
    assert {status for status in responses if status >= "400"} == problems
    assert responses["401"] == {"$ref": "#/components/responses/Problem401"}


def test_a_problem_is_described_as_it_is_answered(document: dict) -> None:
    components = document["components"]
    for response in components["responses"].values():
        assert list(response["content"]) == ["application/problem+json"]
    assert set(components["schemas"]["Problem"]["properties"]) == set(problem_details(400, "No."))


@pytest.mark.parametrize("body", ["ResolveBody", "ScheduleBody"])
def test_what_a_decision_means_is_explained(document: dict, body: str) -> None:
    found = next(name for name in document["components"]["schemas"] if name.startswith(body))
    schema = document["components"]["schemas"][found]
    assert schema["description"]
    assert all(field.get("description") for field in schema["properties"].values()), schema


def bare_objects(schema: Any, at: str, seen: set[str]) -> Iterator[str]:
    """Where something is described as an object, or as anything, and no more."""
    if reference := schema.get("$ref"):
        if reference not in seen:
            seen.add(reference)
            yield from bare_objects(resolve_reference(schema), reference, seen)
        return
    beneath = [one for kind in ("allOf", "oneOf", "anyOf") for one in schema.get(kind, ())]
    if not beneath and "type" not in schema and "enum" not in schema:
        yield at
    if schema.get("type") == "object" and not (schema.get("properties") or schema.get("additionalProperties")):
        yield at
    for name, one in schema.get("properties", {}).items():
        yield from bare_objects(one, f"{at}.{name}", seen)
    others = (schema.get("items"), schema.get("additionalProperties"), *beneath)
    for one in others:
        if one is not None:
            yield from bare_objects(one, f"{at}.*", seen)


def test_no_answer_is_a_bare_object(document: dict) -> None:
    """Each says what is in it, down to the last: give the call a shape (organizations.rest.shapes) as `responses`."""
    seen: set[str] = set()
    found = [
        where
        for path, calls in document["paths"].items()
        for method, call in calls.items()
        for status, response in call["responses"].items()
        for content in resolve_reference(response).get("content", {}).values()
        for where in bare_objects(content["schema"], f"{method} {path} {status}", seen)
    ]
    assert not found
    assert "#/components/schemas/PostShape" in seen


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"id": 1}, "name"),
        ({"id": 1, "name": "Night", "verbs": ["view"], "more": 1}, "more"),
        ({"id": None, "name": "Night", "verbs": ["view"]}, r"\$\.id"),
        ({"id": 1, "name": "Night", "verbs": ["look"]}, "look"),
    ],
)
def test_an_answer_that_is_not_as_described_is_noticed(changed: dict, named: str) -> None:
    require_described("GET", "/api/v1/levels/1/", JsonResponse({"id": 1, "name": "Night", "verbs": ["view"]}))
    with pytest.raises(AssertionError, match=named):
        require_described("GET", "/api/v1/levels/1/", JsonResponse(changed))


def test_a_status_that_is_not_described_is_noticed() -> None:
    with pytest.raises(AssertionError, match="201"):
        require_described("GET", "/api/v1/levels/1/", JsonResponse({}, status=201))
