"""A viewer looks on: whatever is granted beyond that is refused, and what came another way does not count."""

import pytest

from foundation.errors import Invalid
from networks.models import PROFILE_VERBS
from organizations.actions.people import change_role
from organizations.models import Member, Role
from teams.access import has_verb_on, profiles_for, verbs_on
from teams.actions.grants import set_grants
from teams.actions.teams import change_team
from teams.queries.grant_reasons import explain_verbs, members_who_may
from teams.queries.verb_holders import held_profiles_by_member, members_holding

pytestmark = pytest.mark.usefixtures("in_acme")
LOOKING = {"view", "analyse"}


@pytest.mark.parametrize("verb", [verb for verb in PROFILE_VERBS if verb not in LOOKING])
def test_more_than_looking_cannot_be_granted(cast, verb):
    set_grants(cast.olive, cast.x, members={cast.vic.pk: ["view"]})
    with pytest.raises(Invalid, match="viewers look on"):
        set_grants(cast.olive, cast.x, members={cast.vic.pk: ["view", verb]})
    assert verbs_on(cast.vic, [cast.x.pk])[cast.x.pk] == LOOKING


def test_every_door_of_granting_says_so(cast, api, sign_in):
    answer = api(cast.olive).call("PUT", f"profiles/{cast.x.pk}/grants/", {"members": {str(cast.vic.pk): ["publish"]}})
    assert answer.status_code == 400
    assert "viewers look on" in answer.json()["errors"]["members"][0]
    page = sign_in(cast.olive).post(
        "/o/acme/teams/rights/", {"level": "publisher", "cell": f"{cast.vic.pk}-{cast.x.pk}"}
    )
    assert page.status_code == 422
    assert "viewers look on" in page.content.decode()


def through_the_team(cast):
    set_grants(cast.olive, cast.x, teams={cast.team.pk: list(PROFILE_VERBS)})
    change_team(cast.olive, cast.team, members=[cast.vic.pk])
    return cast.vic


def from_before(cast):
    set_grants(cast.olive, cast.x, members={cast.ed.pk: list(PROFILE_VERBS)})
    change_role(cast.olive, cast.ed, role=Role.VIEWER)
    return Member.objects.select_related("user", "organization").get(pk=cast.ed.pk)


@pytest.mark.parametrize("way", [through_the_team, from_before])
def test_what_came_another_way_does_not_count(cast, api, way):
    viewer = way(cast)
    for verb in PROFILE_VERBS:
        looks = verb in LOOKING
        assert has_verb_on(viewer, verb, cast.x.pk) is looks
        assert (cast.x in profiles_for(viewer, to=verb)) is looks
        assert (viewer in members_who_may(cast.x, verb)) is looks
        assert (viewer in members_holding(verb, [cast.x.pk])) is looks
        assert (viewer.pk in held_profiles_by_member(verb, [cast.x.pk])) is looks
        assert explain_verbs(viewer, cast.x, [verb])[0].can is looks
    answer = api(viewer).post("posts/", {"text": "Bread", "profiles": [cast.x.pk], "publish_now": True})
    assert answer.status_code == 403


def test_the_page_of_why_names_the_role(cast, sign_in):
    viewer = from_before(cast)
    text = sign_in(cast.olive).get(f"/o/acme/teams/rights/why/{viewer.pk}/{cast.x.pk}/").content.decode()
    assert "viewers look on, whatever was granted" in text
    assert "Who could give it" not in text
