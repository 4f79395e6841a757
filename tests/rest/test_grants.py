"""Who may give what: never more than the giver has, never beyond the team's profiles."""

import pytest

from networks.models import PROFILE_VERBS
from organizations.tenancy import scope
from teams.access import has_verb_on, verbs_on
from teams.actions.grants import set_grants
from tests import builders
from tests.cast import Cast


def test_the_api_shows_and_sets_the_verbs_of_those_named(cast: Cast, api) -> None:
    olive = api(cast.olive)
    body = {"members": {str(cast.cole.pk): ["publish"]}, "teams": {str(cast.team.pk): ["analyse"]}}
    shown = olive.put(f"profiles/{cast.x.pk}/grants/", body).json()
    assert shown["members"][str(cast.cole.pk)] == ["publish", "view"]
    assert shown["teams"] == {str(cast.team.pk): ["analyse", "view"]}
    assert shown["members"][str(cast.ed.pk)] == ["draft", "view"]  # not named, left alone
    mine = api(cast.cole).get(f"profiles/{cast.x.pk}/").json()["can"]
    assert mine == ["analyse", "publish", "view"]  # his own and his team's


@pytest.mark.parametrize(
    ("who", "body", "status"),
    [
        ("olive", {"members": {"%cole": ["publish"]}}, 200),
        ("lena", {"members": {"%cole": ["publish"]}}, 200),
        ("priya", {"members": {"%cole": ["publish"]}}, 403),  # holds it, but leads no team
        ("cole", {"members": {"%cole": ["publish"]}}, 403),
        ("mallory", {"members": {"%cole": ["publish"]}}, 404),
        ("vic", {"members": {"%cole": ["publish"]}}, 404),
        ("olive", {"members": {"%mallory": ["view"]}}, 404),
        ("olive", {"members": {"%cole": ["fly"]}}, 400),
        ("olive", {"members": {"%cole": "publish"}}, 400),
        ("olive", {"members": {"x": ["view"]}}, 400),
        ("olive", {"people": {}}, 400),
    ],
)
def test_who_may_grant(cast: Cast, api, who: str, body: dict, status: int) -> None:
    named = {
        kind: {str(getattr(cast, key[1:]).pk) if key.startswith("%") else key: verbs for key, verbs in value.items()}
        for kind, value in body.items()
    }
    answer = api(getattr(cast, who)).put(f"profiles/{cast.x.pk}/grants/", named)
    assert answer.status_code == status, answer.content


def test_a_leader_grants_only_in_the_team_and_only_what_they_hold(cast: Cast, in_acme: None) -> None:
    set_grants(cast.olive, cast.x, members={cast.lena.pk: ["view", "reply"]})
    set_grants(cast.lena, cast.x, members={cast.ed.pk: ["view", "draft", "reply"]})
    assert has_verb_on(cast.ed, "reply", cast.x.pk)
    with pytest.raises(Exception, match="do not hold"):
        set_grants(cast.lena, cast.x, members={cast.ed.pk: ["view", "publish"]})
    with pytest.raises(Exception, match="team you lead"):
        set_grants(cast.lena, cast.x, members={cast.ana.pk: ["view", "reply", "analyse"]})


def test_verbs_on_says_what_the_door_says(cast: Cast, in_acme: None) -> None:
    set_grants(cast.olive, cast.page, teams={cast.team.pk: ["reply"]})
    for who in (cast.olive, cast.lena, cast.ed, cast.priya, cast.ava, cast.cole, cast.ana, cast.vic):
        table = verbs_on(who, [cast.x.pk, cast.page.pk])
        for profile in (cast.x, cast.page):
            assert table[profile.pk] == {verb for verb in PROFILE_VERBS if has_verb_on(who, verb, profile.pk)}, who


def test_rights_elsewhere_do_not_count_here(cast: Cast) -> None:
    """Mallory owns globex; as a plain member of acme she has what acme gave her: nothing."""
    with scope(cast.acme):
        guest = builders.create_member(
            builders.SETUP, cast.acme, email=cast.mallory.user.email, role="member", password=builders.PASSWORD
        )
        assert verbs_on(guest, [cast.x.pk])[cast.x.pk] == frozenset()
        assert not has_verb_on(guest, "view", cast.x.pk)
