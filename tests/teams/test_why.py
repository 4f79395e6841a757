"""Why this member may post here, or who could let them."""

import pytest

from networks.models import PROFILE_VERBS
from organizations.models import Role
from teams.access import has_verb_on
from teams.actions.grants import set_grants
from teams.actions.teams import create_team
from teams.queries.grant_reasons import explain_verbs, find_possible_givers, members_who_may
from tests import builders

pytestmark = pytest.mark.usefixtures("in_acme")


def chain(member, profile, verb):
    return [(one.kind, one.name, one.given_by) for one in explain_verbs(member, profile, [verb])[0].chain]


def test_every_link_of_the_chain_is_named(cast):
    set_grants(cast.olive, cast.x, teams={cast.team.pk: ["publish"]})
    assert chain(cast.priya, cast.x, "publish") == [("own", "", str(cast.olive)), ("team", "Care", str(cast.olive))]
    assert chain(cast.olive, cast.x, "publish") == [("role", "owner", "")]
    assert chain(cast.vic, cast.x, "analyse") == [("role", "viewer", "")]
    assert chain(cast.ana, cast.x, "publish") == []


def test_the_last_who_gave_it_counts(cast):
    set_grants(cast.olive, cast.x, members={cast.ed.pk: ["view"]})
    set_grants(cast.lena, cast.x, members={cast.ed.pk: ["view", "draft"]})
    assert chain(cast.ed, cast.x, "draft") == [("own", "", "Lena")]
    assert chain(cast.ed, cast.x, "view") == [("own", "", str(cast.olive))]


def test_a_team_of_the_same_name_as_a_member_is_not_confused(cast):
    team = create_team(
        cast.lena if cast.lena.is_admin else cast.olive, name="Ed", members=[cast.cole.pk], profiles=[cast.x.pk]
    )
    set_grants(cast.olive, cast.x, teams={team.pk: ["draft"]})
    assert chain(cast.cole, cast.x, "draft") == [("team", "Ed", str(cast.olive))]


def test_who_could_give_what_is_missing(cast):
    givers = [
        (one.member.name, one.kind, one.team, one.joins) for one in find_possible_givers(cast.cole, cast.x, "publish")
    ]
    assert givers == [
        ("Lena", "leader", "Care", False),
        ("Lena", "manager", "", False),
        (str(cast.olive), "admin", "", False),
    ]
    assert find_possible_givers(cast.ana, cast.x, "publish")[0].joins  # she is not in Care
    set_grants(cast.olive, cast.x, members={cast.lena.pk: ["view"]})
    assert [one.kind for one in find_possible_givers(cast.cole, cast.x, "publish")] == ["admin"]


def test_it_says_what_the_door_says(cast):
    set_grants(cast.olive, cast.x, teams={cast.team.pk: ["analyse"]})
    people = [cast.olive, cast.lena, cast.ed, cast.priya, cast.ava, cast.cole, cast.ana, cast.vic]
    for profile in (cast.x, cast.page):
        for verb in PROFILE_VERBS:
            may = {one.pk for one in people if has_verb_on(one, verb, profile.pk)}
            assert {one.pk for one in members_who_may(profile, verb)} == may
            assert {one.pk for one in people if explain_verbs(one, profile, [verb])[0].can} == may


@pytest.mark.parametrize(
    ("reader", "about", "status"),
    [
        ("olive", "ana", 200),
        ("lena", "ed", 200),
        ("lena", "ana", 200),  # she manages the profile
        ("ed", "ed", 200),
        ("ed", "priya", 403),
        ("ava", "ed", 403),
        ("vic", "vic", 404),  # he sees no profile
        ("mallory", "ed", 404),
        ("olive", "mallory", 404),
    ],
)
def test_who_may_ask(cast, api, sign_in, reader, about, status):
    who, whom = getattr(cast, reader), getattr(cast, about)
    answer = api(who).get(f"profiles/{cast.x.pk}/why/?member={whom.pk}&verb=publish")
    page = sign_in(who).get(f"/o/acme/teams/rights/why/{whom.pk}/{cast.x.pk}/?verb=publish")
    assert (answer.status_code, page.status_code) == (status, status)


def test_a_leader_asks_about_the_team_and_nobody_else(cast, api):
    set_grants(cast.olive, cast.x, members={cast.lena.pk: ["view"]})
    lena = api(cast.lena)
    assert lena.get(f"profiles/{cast.x.pk}/why/?member={cast.ed.pk}&verb=publish").status_code == 200
    assert lena.get(f"profiles/{cast.x.pk}/why/?member={cast.ana.pk}&verb=publish").status_code == 403


def test_the_call_answers_in_full(cast, api):
    ed = api(cast.ed)
    yes = ed.get(f"profiles/{cast.x.pk}/why/?verb=draft").json()
    assert (yes["can"], yes["member"], yes["chain"][0]["kind"]) == (True, cast.ed.pk, "own")
    assert yes["chain"][0]["given_by"] == str(cast.olive)
    assert yes["chain"][0]["given_at"]
    no = ed.get(f"profiles/{cast.x.pk}/why/?member={cast.ed.pk}&verb=publish").json()
    assert (no["can"], no["chain"]) == (False, [])
    assert no["givers"][0] == {"member": cast.lena.pk, "name": "Lena", "as": "leader", "team": "Care", "joins": False}


@pytest.mark.parametrize(
    ("query", "field"),
    [("", "verb"), ("verb=fly", "verb"), ("verb=view&member=x", "member"), ("verb=view&who=1", "who")],
)
def test_a_bad_question_is_named(cast, api, query, field):
    answer = api(cast.olive).get(f"profiles/{cast.x.pk}/why/?{query}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_the_page_tells_by_whom_and_what_is_missing(cast, sign_in):
    text = sign_in(cast.olive).get(f"/o/acme/teams/rights/why/{cast.ed.pk}/{cast.x.pk}/").content.decode()
    assert "Ed may not publish here" in text
    assert "leads Care" in text
    assert f"by <bdi>{cast.olive}</bdi>" in text
    part = (
        sign_in(cast.ed)
        .get(f"/o/acme/teams/rights/why/{cast.ed.pk}/{cast.x.pk}/?verb=draft", headers={"HX-Request": "true"})
        .content.decode()
    )
    assert "Ed may draft here" in part
    assert "<html" not in part


def test_the_same_queries_however_many_grants(cast, api, django_assert_max_num_queries):
    olive, path = api(cast.olive), f"profiles/{cast.x.pk}/why/?member={cast.cole.pk}&verb=publish"
    set_grants(cast.olive, cast.x, teams={cast.team.pk: ["reply"]})
    olive.get(path)
    with django_assert_max_num_queries(20) as before:
        olive.get(path)
    for number in range(4):
        builders.member(cast.acme, f"Boss{number}", role=Role.ADMIN)
        team = create_team(
            cast.olive, name=f"T{number}", leaders=[cast.ava.pk], members=[cast.cole.pk], profiles=[cast.x.pk]
        )
        set_grants(cast.olive, cast.x, teams={team.pk: ["reply"]})
    with django_assert_max_num_queries(20) as after:
        olive.get(path)
    assert len(after) == len(before)
