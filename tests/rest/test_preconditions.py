"""`If-Match`: what somebody else has changed since it was read is not overwritten."""

import pytest

from networks.models import PROFILE_VERBS
from organizations.tenancy import scope
from teams.actions.levels import create_level
from teams.levels import LEVELS
from tests.cast import Cast
from tests.rest.test_problems import assert_problem


@pytest.fixture
def paths(cast: Cast) -> dict[str, tuple[str, str, dict, dict]]:
    """kind -> method, path, what the other one does meanwhile, what is then wanted."""
    with scope(cast.acme):
        level = create_level(cast.olive, name="Poet", verbs=["draft"])
    cole = str(cast.cole.pk)
    return {
        "grants": (
            "PUT",
            f"profiles/{cast.x.pk}/grants/",
            {"members": {cole: ["view"]}},
            {"members": {cole: list(PROFILE_VERBS)}},
        ),
        "level": ("PATCH", f"levels/{level.pk}/", {"verbs": ["view"]}, {"verbs": ["draft", "publish"]}),
        "team": ("PATCH", f"teams/{cast.team.pk}/", {"members": []}, {"members": [cast.cole.pk, cast.ed.pk]}),
        "member": ("PATCH", f"members/{cast.ed.pk}/", {"role": "viewer"}, {"role": "admin"}),
    }


@pytest.mark.parametrize("kind", ["grants", "level", "team", "member"])
def test_what_was_read_before_somebody_else_changed_it_is_refused(cast: Cast, api, paths, kind) -> None:
    method, path, narrower, wider = paths[kind]
    olive = api(cast.olive)
    seen = olive.get(path)["ETag"]
    assert olive.call(method, path, narrower).status_code == 200
    now = olive.get(path)
    assert_problem(olive.call(method, path, wider, **{"If-Match": seen}), 412)
    assert olive.get(path).json() == now.json()
    answer = olive.call(method, path, wider, **{"If-Match": f'"other", {now["ETag"]}'})
    assert answer.status_code == 200, answer.content
    assert answer["ETag"] == olive.get(path)["ETag"] != now["ETag"]


def test_levels(cast: Cast, api) -> None:
    olive = api(cast.olive)
    made = olive.post("levels/", {"name": "Poet", "verbs": ["publish", "draft"]})
    assert made.status_code == 201, made.content
    level = made.json()
    assert level["verbs"] == ["view", "draft", "publish"]
    listed = api(cast.ed).get("levels/").json()
    assert listed["results"] == [level]
    assert {one["name"]: set(one["verbs"]) for one in listed["built_in"]} == LEVELS
    assert_problem(olive.post("levels/", {"name": "poet", "verbs": ["view"]}), 400, "name")
    assert_problem(olive.post("levels/", {"name": "Bard", "verbs": []}), 400, "verbs")
    assert_problem(olive.post("levels/", {"name": "Bard", "verbs": ["fly"]}), 400, "verbs.0")
    path = f"levels/{level['id']}/"
    assert olive.patch(path, {"name": "Bard"}).json() == {**level, "name": "Bard"}
    assert_problem(api(cast.lena).patch(path, {"name": "Mine"}), 403)
    assert_problem(api(cast.mallory).get(path), 404)
    assert olive.delete(path).status_code == 204
    assert_problem(olive.get(path), 404)
