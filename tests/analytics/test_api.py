"""GET analytics/overview/ and analytics/posts/, as programs see them."""

import pytest

from organizations.actions.tokens import create_api_token
from organizations.tenancy import scope
from tests.analytics.conftest import send


@pytest.fixture
def get(client):
    def asked(member, path: str, **params):
        with scope(member.organization):
            _, secret = create_api_token(member, member, name="test")
        return client.get(f"/api/v1/analytics/{path}/", params, headers={"Authorization": f"Bearer {secret}"})

    return asked


def test_the_overview_has_the_shape_of_the_contract(cast, get):
    answer = get(cast.ana, "overview", **{"from": "2026-01-01", "to": "2026-01-07"})
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert set(body) == {"metrics", "series"}
    wanted = {"key", "label", "value", "previous", "unit", "as_of", "source", "definition", "reason"}
    assert set(body["metrics"][0]) == wanted
    assert body["series"][0]["points"][0] == ["2026-01-01", None]
    assert len(body["series"][0]["points"]) == 7


def test_a_known_number_needs_no_reason(cast, get, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send(cast.x)
    sent = get(cast.vic, "overview").json()["metrics"][0]
    assert (sent["key"], sent["value"]) == ("posts_sent", 1)
    assert "reason" not in sent


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"from": "soon"}, {"from"}),
        ({"to": "2026-13-01"}, {"to"}),
        ({"from": "2026-02-01", "to": "2026-01-01"}, {"from"}),
        ({"from": "2020-01-01", "to": "2026-01-01"}, {"from"}),
    ],
)
def test_bad_days_are_named(cast, get, params, named):
    for path in ("overview", "posts"):
        answer = get(cast.ana, path, **params)
        assert answer.status_code == 400
        assert set(answer.json()["errors"]) == named


def test_an_unknown_order_is_named(cast, get):
    assert set(get(cast.ana, "posts", order="luck").json()["errors"]) == {"order"}


def test_foreign_profiles_are_not_there_and_visible_ones_may_be_forbidden(cast, get):
    assert get(cast.ana, "overview", profile=cast.theirs.pk).status_code == 404
    assert get(cast.ed, "overview", profile=cast.x.pk).status_code == 403
    assert get(cast.mallory, "overview", team=cast.team.pk).status_code == 404


def test_posts_page_by_key_through_all_of_them(cast, get):
    sent = {send(cast.x).pk for _ in range(5)}
    found, page = [], get(cast.ana, "posts", order="likes", limit=2)
    while True:
        body = page.json()
        found += [row["id"] for row in body["results"]]
        if not body["next"]:
            break
        query = dict(part.split("=") for part in body["next"].partition("?")[2].split("&"))
        page = get(cast.ana, "posts", **{key: value.replace("%3D", "=") for key, value in query.items()})
    assert len(found) == 5
    assert set(found) == sent


def test_a_post_says_what_is_not_known(cast, get):
    send(cast.x)
    row = get(cast.ana, "posts").json()["results"][0]
    assert row["values"] == {"impressions": None, "likes": None, "replies": None, "reposts": None, "clicks": None}
    assert row["as_of"] is None
