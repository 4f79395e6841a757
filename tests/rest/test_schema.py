"""The OpenAPI document says what happens: the statuses of success, the problems, and what the bodies mean."""

import pytest
from drf_spectacular.generators import SchemaGenerator

from organizations.rest.errors import problem_details
from publishing.models import Post
from tests.cast import Cast
from tests.rest.caller import caller


@pytest.fixture(scope="module")
def document() -> dict:
    return SchemaGenerator().get_schema(request=None, public=True)


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
